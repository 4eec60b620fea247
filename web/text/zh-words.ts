// 词典中的两张表:校验提示与拒绝原因.
import type { Fault } from '../../workflows/rules/checks.ts';
import type { Refusal } from '../../workflows/rules/refusals.ts';

export const faults = {
  required: '必填', too_long: '内容过长', length: '位数不正确', alphabet: '含有不允许的字符', check_digit: '校验位不正确,请核对', not_a_date: '出生日期不存在', in_future: '日期在将来', under_age: '未满 18 周岁', not_digits: '只能是数字',
  phone: '不是有效的手机号码', email: '不是有效的邮箱地址', hours: '格式为 09:00-21:00', money: '不是有效的金额,例如 1,000.00', rate: '费率为 0 至 100 之间、最多四位小数', choice: '请从列表中选择', area_unknown: '地区代码不存在',
  mcc_unknown: '商户类别不存在', number_taken: '您自定义的商户编号已经存在', number_full: '该类商户编号已用完', bank_unknown: '开户行不在银行目录中', cnaps_bank: '联行号与开户行不一致', control_character: '含有不可见的控制字符', license_missing: '请上传营业执照影像',
  reason_missing: '请填写确认理由', acquirer_unknown: '前三位不是本机构的收单机构代码',
  too_many: '最多 20 个', twice: '有重复的序列号', one_only: '只有一台终端时才能自定终端号', date: '不是有效的日期', not_owned: '该科目没有明细账户', same_account: '借贷不能是同一账户', serial_taken: '该序列号已用于其他终端', merchant_not_active: '该商户不在正常状态', merchant_not_frozen: '该商户未被冻结', quota_insufficient: '可用额度不足', words_differ: '大写金额与小写金额不一致,已按金额重新显示,请核对后再次确定', words_unseen: '请核对大写金额后再次确定', model_unknown: '机型不在列表中', record_busy: '该记录有在办申请', stale: '该记录已变更,请重新填写', nothing_changed: '没有改动', account_unknown: '账户不存在', top_up_unknown: '该充值不能撤销', line_unknown: '该来账不能退回', policy_unknown: '不是该参数允许的值', not_possible: '目前不能办理',
  user_code: '用户编码须为 8 位字母或数字', group_code: '组编码须为 2 位字母或数字', module_code: '模块编码以小写字母开头,只含字母和数字', name_width: '最多 4 个汉字或 8 个字母、数字', code_taken: '该编码已存在(不区分大小写)', own_rights: '任何人不能变更自己的权限', duty_conflict: '录入与审核、审核与系统管理等不相容岗位不能由同一人担任', group_in_use: '该组仍有用户,不能删除', group_decides: '审批方案需要该组审核,变更后将无人可审', last_administrators: '至少须保留两名可审核用户变更的管理员', module_in_use: '该模块下仍有功能或子模块,不能删除', access_changed: '该记录已变更,请重新填写',
} as const satisfies Record<Fault, string>;

export const refusals = {
  own_request: '同一操作员不能审核！', not_your_level: '当前级次不由您审核', duty_conflict: '录入与审核、审核与系统管理不能由同一人担任', stale: '该记录已变更,请刷新后重新审核', already_decided: '该申请已审核', claimed_by_other: '该申请正由他人处理',
  not_claimed: '您没有认领该申请', reason_missing: '请填写原因', reason_too_long: '原因不能超过 200 字', not_maker: '只有录入员本人可以操作', not_now: '当前状态不能进行此操作', not_eligible: '此人不能审核该申请', urged_lately: '一小时内只能催办一次',
  text_missing: '请填写内容', nothing_changed: '没有改动', forged_command: '无法识别的指令,已记录', unknown_signal: '未知的指令,已记录', cancel_not_allowed: '外部取消无效,已记录', number_taken: '商户编号已被占用', merchant_changed: '商户记录已变更,不能生效', submission_failed: '提交时处理失败,请修改后重新提交',
  line_missing: '请选择对应的银行流水', line_unknown: '银行流水不存在', line_taken: '该银行流水已用于其他申请', amount_differs: '入账金额与申请金额不符', payer_differs: '付款户名与开户名不同,须勾选并说明理由', words_differ: '大写金额与小写金额不一致', record_busy: '该记录已有在办申请', merchant_not_active: '该商户不在正常状态', merchant_not_frozen: '该商户未被冻结', merchant_frozen: '该商户已被冻结', quota_insufficient: '可用额度不足', quota_not_zero: '该商户仍有额度,请先办理额度退款', requests_open: '该商户有在办申请', terminal_changed: '终端记录已变更,不能生效', terminal_not_active: '终端不在正常状态', serial_taken: '序列号已用于其他终端', top_up_not_effective: '该充值没有入账', top_up_voided: '该充值已撤销', account_unknown: '账户不存在', account_closed: '账户已关闭', day_closed: '该会计日已日结', policy_unknown: '不是该参数允许的值', policy_changed: '参数已变更,请重新申请', batch_open: '有未结算的批次',
  access_changed: '该记录已变更,请重新申请', code_taken: '编码已存在', own_rights: '任何人不能变更自己的权限', group_in_use: '该组仍有用户', group_decides: '审批方案需要该组审核,变更后将无人可审', last_administrators: '至少须保留两名可审核用户变更的管理员', module_in_use: '该模块下仍有功能或子模块', code_needed: '该金额须输入动态口令,请先在个人设置中启用', code_wrong: '动态口令不正确或已用过',
} as const satisfies Record<Refusal, string>;
