// 应答码 (rules.md §3.5): what a terminal is told, in both languages, and what it does next.

/** `retry`: the same message again later; `reverse`: send 冲正; `stop`: this message will never succeed. */
export type Advice = 'none' | 'retry' | 'reverse' | 'stop';

export const responseCodes = {
  '00': { zh: '交易成功', en: 'Approved', advice: 'none' },
  '03': { zh: '商户未开通或已停用', en: 'Merchant not in service', advice: 'stop' },
  '12': { zh: '原交易不允许此操作', en: 'Not possible for the original transaction', advice: 'stop' },
  '13': { zh: '金额无效', en: 'Invalid amount', advice: 'stop' },
  '25': { zh: '未找到原交易', en: 'Original transaction not found', advice: 'stop' },
  '30': { zh: '报文格式错误', en: 'Format error', advice: 'stop' },
  '40': { zh: '不支持的交易类型', en: 'Unsupported transaction type', advice: 'stop' },
  '51': { zh: '可用额度不足', en: 'Insufficient quota', advice: 'stop' },
  '58': { zh: '终端不允许此交易', en: 'Not permitted to this terminal', advice: 'stop' },
  '61': { zh: '超出金额限制', en: 'Exceeds amount limit', advice: 'stop' },
  '64': { zh: '与原交易金额不符', en: 'Amount does not fit the original', advice: 'stop' },
  '65': { zh: '超出笔数限制', en: 'Exceeds count limit', advice: 'stop' },
  '77': { zh: '请重新签到', en: 'Sign on again', advice: 'stop' },
  '90': { zh: '日切处理中,请稍后再试', en: 'Day end running', advice: 'retry' },
  '94': { zh: '终端流水号重复', en: 'Duplicate trace number', advice: 'stop' },
  '96': { zh: '系统异常,请稍后再试', en: 'System malfunction', advice: 'retry' },
  '97': { zh: '终端未登记或已停用', en: 'Terminal not in service', advice: 'stop' },
  A0: { zh: '校验错误,请重新签到', en: 'MAC check failed', advice: 'stop' },
} as const satisfies Record<string, { zh: string; en: string; advice: Advice }>;

export type ResponseCode = keyof typeof responseCodes;
export const isResponseCode = (code: string): code is ResponseCode => Object.hasOwn(responseCodes, code);
