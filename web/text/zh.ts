// 中文词典. The English one has the same shape, checked by the type checker.
import { zhReports } from './zh-reports.ts';
import { faults, refusals } from './zh-words.ts';

export const zh = {
  lang: 'zh-CN',
  other: 'EN',
  product: '支付运营管理系统',
  demo: '演示环境',
  comma: '、',
  skip: '跳到内容',
  home: '首页',
  menu: '模块',
  signedInAs: '当前操作员',
  faults,
  refusals,
  common: {
    query: '查询', add: '新增', confirm: '确定', save: '保存草稿', remove: '删除', detail: '查看明细', back: '返回', more: '下一页', first: '第一页', all: '全部', none: '没有找到符合条件的记录',
    optional: '选填', required: '必填', choose: '请选择', total: '共', rows: '条', yes: '是', no: '否', reveal: '查看完整信息', hidden: '已屏蔽', system: '系统', from: '自', yuan: '元', submit: '提交',
  },
  signIn: {
    title: '登录', account: '账号', password: '密码', captcha: '验证码', enter: '登录', another: '换一张', out: '退出',
    wrong: '账号或密码不正确', captchaWrong: '验证码不正确,请重新输入', locked: '登录失败次数过多,请 30 分钟后再试', expired: '登录已过期,请重新登录', forged: '页面已过期,请重试',
    forbidden: '您没有此功能的权限', notFound: '没有找到该页面或记录', fault: '系统出现问题,请稍后再试;已输入的内容没有丢失', tooLarge: '提交的内容过大', initialExpired: '初始密码已失效,请联系系统管理员重置', busy: '登录的人较多,请稍后再试', tooMany: '操作过于频繁,请稍后再试',
  },
  password: {
    title: '用户密码修改', old: '旧密码', fresh: '新密码', again: '再次输入新密码', must: '首次登录请先修改初始密码', wrong: '旧密码不正确', different: '两次输入的新密码不一致',
    faults: { short: '新密码至少 12 位', weak: '该密码容易被猜到,请换一个(不含账号、连续字符或常见词)', used: '不能使用现在的或最近 4 次用过的密码' }, old90: '密码已使用 {n} 天,建议修改', done: '密码已修改,其他登录已退出', rule: '至少 12 位,不易被猜到;可用几个不相干的词组成',
  },
  totp: {
    title: '动态口令', code: '动态口令', codeHint: '身份验证器中的 6 位数字,或一个恢复码', wrong: '动态口令不正确或已用过', off: '尚未启用', on: '已启用', begin: '启用动态口令', scan: '用身份验证器扫描二维码,然后输入显示的 6 位数字', secret: '或手工输入密钥', confirm: '确认启用', done: '动态口令已启用。请保存以下恢复码,每个只能使用一次,仅显示这一次', left: '剩余恢复码 {n} 个', remove: '停用动态口令', removed: '动态口令已停用', required: '按规定您须使用动态口令,请先启用', mustHave: '按规定须使用动态口令,不能停用', ask: '动态口令(该金额须再次输入)', enrolFirst: '该金额须输入动态口令,请先在个人设置中启用',
  },
  states: { draft: '未提交', accepted: '已受理', submitted: '待审核', approved: '生效中', returned: '已退回', effective: '已生效', rejected: '已拒绝', withdrawn: '已撤回', expired: '已过期', abandoned: '已放弃', failed: '处理失败' },
  kinds: {
    merchantOpening: '商户开户', merchantChange: '商户信息变更', merchantFreeze: '商户冻结', merchantRestore: '商户恢复', merchantCancellation: '商户注销', terminalRegistration: '商户终端录入', terminalChange: '终端信息变更', terminalCancellation: '商户终端注销',
    topUp: '商户充值', topUpVoid: '充值撤销', quotaRefund: '额度退款', lineReturn: '来账退回', adjustment: '调账', policyChange: '参数变更', accessChange: '用户与权限变更',
  },
  groups: { '01': '系统管理', '02': '业务录入', '03': '业务审核', '04': '财务复核', '05': '主管', '06': '审计' },
  merchantStatus: { pending: '待审核', active: '正常', frozen: '冻结', cancelled: '已注销', rejected: '已拒绝' },
  inbox: {
    title: '待办', reviews: { merchantReview: '商户开户审核', terminalReview: '商户终端审核', topUpReview: '商户充值审核', policyReview: '参数变更审核', accessReview: '用户与权限变更审核' }, mine: '待我审批', unclaimed: '待认领', handled: '我已处理', started: '我发起的', search: '商户 / 单号 / 金额 / 录入员', kind: '类型', allKinds: '全部类型',
    level: '第 {n} 级,共 {m} 级', empty: '没有待办,都处理完了', claimedBy: '{who} 处理中', resubmitted: '第 {n} 次提交', overdue: '超时', left: '剩余', listLabel: '待办列表', tabsLabel: '待办分类', at: '时间', due: '时限',
    tick: '选择', ticked: '已选 {n} 项', bulkApprove: '批量通过', bulkReturn: '批量退回', bulkAll: '选择全部筛选结果', fresh: '有 {n} 条新待办', choose: '选择左侧的一条待办,在此处理', changed: '该申请刚刚有变化,点此查看最新', sort: '排序', sorts: { due: '按到期', newest: '按提交时间', amount: '按金额' },
    views: '我的视图', viewName: '视图名称', saveView: '保存当前筛选', viewActs: { default: '设为默认', up: '上移', removal: '删除' }, isDefault: '取消默认',
  },
  keys: {
    title: '快捷键', turnOff: '关闭快捷键', turnOn: '开启快捷键', close: '知道了', label: '快捷键',
    list: [['j', '下一条'], ['k', '上一条'], ['o', '打开'], ['x', '选择'], ['a', '审核通过(已打开的申请)'], ['r', '退回'], ['t', '转交'], ['c', '评论'], ['/', '查询'], ['?', '本说明']],
  },
  bulk: {
    title: '批量审批', most: '一次最多处理 {n} 项', result: '批量审批结果', ofTicked: '已选 {n} 项:可处理 {able} 项,不可处理 {unable} 项', ofAll: '全部筛选结果 {n} 项:可处理 {able} 项,不可处理 {unable} 项', sum: '合计', decision: '审批', confirm: '确定,处理 {n} 项', unable: '不可处理及原因', able: '将处理的申请', none: '没有选中任何申请,请返回后勾选', nothing: '所选申请都不能处理',
    refused: '未处理及原因', taken: '已处理', came: '{action}:成功 {n} 项,未处理 {m} 项', amount: '金额', note: '说明',
  },
  twins: { title: '相似申请,请核对是否重复', same: '相同之处', reasons: { amount: '商户与金额', account: '账号', uscc: '信用代码', idCardNo: '法人身份证' } },
  print: { title: '审批单', open: '打印审批单', print: '打印', level: '级次', group: '岗位', person: '审核人', at: '时间', signature: '签字', printed: '打印:' },
  desk: {
    title: '个人设置', keys: '快捷键', keysOn: '已开启', keysOff: '已关闭', phrases: '常用语', phrasesHint: '每行一条,最多 20 条,每条不超过 200 字', phrasesFault: '最多 20 条,每条不超过 200 字', notices: '提醒', readAll: '全部标为已读', none: '没有提醒', unread: '{n} 条未读提醒', sessions: '我的登录', ended: '已退出该登录',
  },
  request: {
    no: '申请单号', maker: '录入员', state: '状态', submittedAt: '提交时间', merchant: '商户', decide: '审批', approve: '审核通过', return: '退回', reject: '拒绝', claim: '认领', release: '释放', handOver: '转交', to: '转交给',
    comment: '评论', withdraw: '撤回', urge: '催办', amend: '修改', reason: '原因', reasonHint: '退回、拒绝时必填,不超过 200 字', phrase: '常用语', noPhrase: '不使用', commentHint: '用 @用户编码 提醒某人,例如 @check002', chooseLine: '对应的银行流水', noLines: '没有金额相符的待确认来账', override: '付款人与开户名不同,确认代付(须填写原因)', matches: { note: '附言含本申请单号', account: '登记账号付款', name: '户名相同', amount: '仅金额相同' }, baseChanges: '变更内容', confirmApprove: '确认资料无误,准予开户', content: '申请资料', attachments: '影像资料', timeline: '经过',
    differences: '与您上次所见相比', noDifferences: '与您上次所见相同', wasChanged: '第 {n} 次提交的改动', before: '原', after: '现', warnings: '已确认的提示', warned: { uscc: '统一社会信用代码与其他商户相同', idCardNo: '法定代表人身份证与其他商户相同', settlementAccountNo: '结算账号与其他商户相同', organisation: '信用代码中的组织机构代码可疑' }, will: '通过后将发生',
    wills: {
      merchantOpening: ['商户 {no} 状态由「待审核」变为「正常」', '开立额度账户,期初余额 0.00 元', '生成商户资料第 1 版'], merchantChange: ['商户 {no} 的资料更新为新版本,原版本保留'], merchantFreeze: ['商户 {no} 保持冻结(已自提交时冻结);拒绝则恢复正常'], merchantRestore: ['商户 {no} 由「冻结」恢复「正常」'], merchantCancellation: ['商户 {no} 及其全部终端、额度账户同时注销', '商户编号永久保留,不再使用'],
      terminalRegistration: ['所列终端状态变为「正常」,可以办理联机业务', '密钥可向装机人员显示一次'], terminalChange: ['终端 {terminalNo} 的资料更新为新版本,原版本保留'], terminalCancellation: ['终端 {terminalNos} 注销,终端号不再使用;拒绝则恢复正常'], topUp: ['商户 {no} 可用额度增加,所选银行流水同时标为已使用'], topUpVoid: ['冲回充值 {topUpNo};已消费部分记为短款', '对应的银行流水恢复为待确认来账'],
      quotaRefund: ['冻结的额度转为应付商户退款,待银行付出后核销'], lineReturn: ['该笔来账转为应付退款,退给付款人'], adjustment: ['按下列分录记账'], policyChange: ['参数 {policyKey} 由 {policyBefore} 改为 {policyValue}', '只影响此后提交的申请'], accessChange: ['{act}:{id}', '自被变更者的下一次点击起生效'],
    },
    waiting: '等待 {group}(第 {n} 级,共 {m} 级),可由 {who} 处理;最迟 {due},之后升级给主管。{maker} {at} 提交。', waitingNobody: '等待 {group},但目前没有人可以处理:请联系系统管理员。',
    returnedSentence: '{by} 已退回:{reason}。等待 {maker} 修改后重新提交,{due} 前有效。', done: '{at} {state}。', failedSentence: '处理时出现问题,等待重试或放弃。', approvedSentence: '审核已通过,正在生效。',
    accepted: '申请已受理,系统恢复服务后即生效;不需要再次提交。', recorded: '您的操作已记录,系统恢复服务后即生效;不需要再次操作。', taken: '操作成功', notTaken: '操作未生效', history: '与系统历史对照', historyTitle: '系统历史',
    unreachable: '流程服务暂时无法连接,您的操作没有提交,请稍后再试;已输入的内容已保留。', uncertain: '流程服务没有及时答复:再次提交是安全的,不会重复。', notSubmitted: '未随申请提交', refusedAttempt: '尝试{action}被拒绝', events: '事件', mention: '我的操作', none: '无', olderRefusals: '更早的被拒操作共 {n} 次,仅计数',
  },
  events: {
    submitted: '提交', submissionRefused: '提交被系统退回', approved: '审核通过', returned: '退回', rejected: '拒绝', amended: '修改后重新提交', withdrawn: '撤回', claimed: '认领', released: '释放', handedOver: '转交给 {to}',
    commented: '评论', urged: '催办', retried: '重试', abandoned: '放弃', effective: '已生效', effectRefused: '生效被拒绝,退回审核', failed: '处理失败', reminded: '已提醒审核人', escalated: '超时,已升级给主管', expired: '已过期', refused: '操作被拒绝',
  },
  actions: { approve: '审核通过', return: '退回', reject: '拒绝', amend: '修改', withdraw: '撤回', claim: '认领', release: '释放', handOver: '转交', comment: '评论', urge: '催办', retry: '重试', abandon: '放弃' },
  opening: {
    title: '商户开户', fresh: '新商户开户', draw: '自动生成', drawHint: '先选地区和商户类别', check: '提交前检查', draft: '草稿', saved: '草稿已保存 {at}', saving: '边填写边自动保存', delete: '删除草稿', deleteConfirm: '删除后不能恢复,按「确定」删除', amending: '修改后重新提交',
    parts: { identity: '商户身份', business: '经营信息', settlement: '结算账户', terms: '费率与限额' }, upload: '上传', uploadHint: '图片或 PDF,每个不超过 5 MB', parts2: { businessLicense: '营业执照', accountPermit: '开户许可证', idCard: '身份证正反面', shopPhoto: '门店照片', agreement: '协议', slip: '汇款凭证', other: '其他' },
    fileWrong: '只接受 JPG、PNG、WebP 图片或 PDF(按内容识别)', fileLarge: '文件超过 5 MB', fileMissing: '请选择文件', fileMany: '每个申请最多 20 个附件',
    missing: '还缺 {n} 项', complete: '资料齐全,可以提交', who: '提交后可由 {who} 审核', whoNobody: '目前没有人可以审核此申请', until: '预计最迟 {due} 前处理', twin: '与 {merchant} 的{field}相同,请核实;确认无误请填写理由', twinReason: '确认理由', organisation: '统一社会信用代码中的组织机构代码校验位可疑,请核实', gone: '该草稿已提交或不属于您', held: '该申请正在提交,请稍候再看结果', submittedOn: '申请日期', deleted: '草稿已删除', accepted: '该申请已经提交,以首次提交的内容为准',
  },
  fields: {
    merchantNo: '商户编号', merchantName: '商户中文名称', shortName: '简称', englishName: '英文名称', uscc: '统一社会信用代码', legalRepresentative: '法定代表人', idCardNo: '身份证号', mcc: '商户类别(MCC)', areaCode: '地区', businessAddress: '经营地址',
    businessHours: '营业时间', contactName: '业务联系人', contactMobile: '手机', financeContact: '财务联系人', email: '电子邮箱', accountManager: '客户经理', accountType: '账户类型', openingBankName: '开户行', cnapsCode: '联行号', accountName: '开户名',
    settlementAccountNo: '账号', feeRate: '费率(%)', feeCap: '封顶(元)', singleLimit: '单笔限额(元)', dailyLimit: '日限额(元)', monthlyLimit: '月限额(元)', remark: '备注', businessLicense: '营业执照影像', attachments: '影像资料',
    reason: '理由', amount: '金额(元)', amountInWords: '大写金额', payerName: '付款户名', payerAccountNo: '付款账号', payerBank: '付款行', slipNo: '汇款凭证号', remittedOn: '汇款日期', topUpNo: '充值申请单号', lineId: '银行流水', debitAccount: '借方科目', debitOwner: '借方户号', creditAccount: '贷方科目', creditOwner: '贷方户号', policyKey: '参数', policyValue: '新值', policyBefore: '原值', serialNo: '序列号', terminalNo: '终端号', terminalNos: '终端', model: '机型', installAddress: '安装地址', phone: '联系电话', permitted: '允许的交易', baseVersion: '原版本',
    act: '变更', id: '编码', userCode: '用户编码', userName: '用户名称', groupCode: '组编码', groups: '所属的组', nameZh: '中文名称', nameEn: '英文名称', rights: '权限', matrix: '各组权限', moduleCode: '模块编码', sort: '顺序', parent: '上级模块', status: '状态', password: '密码',
  },
  drafts: {
    search: '单号 / 商户编号 / 名称', subjectSearch: '编号 / 名称', about: '对象', chooseOne: '请选择', pending: '查看待审核记录', pendingTitle: '待审核充值记录', levels: '依次由 {levels} 审核', busy: '在办申请:{kind}', obstacles: '目前不能注销,原因如下', serialHint: '每行一个序列号,一次最多 20 台', terminalNoHint: '留空则自动生成', amountHint: '例如 1,000.00', ownerHint: '商户额度填商户编号,备付金户填银行账号,其他科目留空', key: '终端密钥', keyHint: '仅显示一次,请装机人员当场录入', keyShow: '显示密钥', keyGone: '密钥已显示过,不能再次显示',
    acts: { merchantOpening: '开户', merchantChange: '修改', merchantFreeze: '冻结', merchantRestore: '恢复', merchantCancellation: '商户注销', terminalRegistration: '录入终端', terminalChange: '修改', terminalCancellation: '终端注销', topUp: '充值', topUpVoid: '充值撤销', quotaRefund: '额度退款', lineReturn: '退回', adjustment: '调账', policyChange: '修改', accessChange: '办理' },
  },
  access: {
    acts: { userCreate: '新增用户', userRename: '修改用户', userEnable: '启用用户', userDisable: '停用用户', userDelete: '删除用户', userReset: '重置密码', userGroups: '用户分组', groupCreate: '新增用户组', groupChange: '修改用户组', groupEnable: '启用用户组', groupDisable: '停用用户组', groupDelete: '删除用户组', groupRights: '组权限', moduleCreate: '新增模块', moduleChange: '修改模块', moduleEnable: '启用模块', moduleDisable: '停用模块', moduleDelete: '删除模块', moduleRights: '模块权限' },
    buttons: { userCreate: '新增', userRename: '修改', userEnable: '启用', userDisable: '停用', userDelete: '删除', userReset: '重置密码', userGroups: '分组', groupCreate: '新增', groupChange: '修改', groupEnable: '启用', groupDisable: '停用', groupDelete: '删除', groupRights: '权限', moduleCreate: '新增', moduleChange: '修改', moduleEnable: '启用', moduleDisable: '停用', moduleDelete: '删除', moduleRights: '权限' },
    apply: '应用', outside: '不属于的组', inside: '属于的组', filter: '筛选', count: '{n} 个', moveIn: '-->', moveOut: '<--', moveInLabel: '加入所选的组', moveOutLabel: '移出所选的组', initial: '通过后密码重置为 888888,首次登录须修改,并退出其全部登录', deleting: '有操作记录的用户只停用、不抹除;没有任何记录的用户将被删除', created: '账号即用户编码,初始密码 888888,首次登录须修改', conflict: '冲突:{about}', values: { active: '启用', disabled: '停用', deleted: '删除', initial: '初始密码', kept: '现有密码' }, added: '增加', removed: '减少', same: '不变', nobody: '无',
    kinds: { entry: '录入', review: '审核', view: '查询', export: '导出', manage: '管理' }, pending: '待审批的变更', history: '变更记录', whoMay: '谁有此功能', functionOf: '功能', anotherAdmin: '由另一名管理员审核后生效',
  },
  users: {
    title: '用户管理', q: '用户编码 / 名称', status: '状态', group: '组', seen: '上次登录', never: '从未登录', locked: '已锁定', unlock: '解锁', unlocked: '已解锁', totp: '动态口令', mustChange: '初始密码', sessions: '在线登录', kick: '强制下线', kicked: '已强制下线', noSessions: '目前没有登录', since: '登录时间', active: '最近操作', agent: '浏览器', statuses: { active: '启用', disabled: '停用' }, detail: '用户资料', thisOne: '本次登录', endOther: '退出该登录',
  },
  userGroups: { title: '用户组信息管理', members: '组内用户', decides: '审核的业务', none: '无' },
  modules: { title: '模块及权限管理', functions: '功能', top: '无上级', who: '可用此功能的人' },
  reference: {
    title: '公共信息维护', names: { announcements: '公告', areas: '地区', mccs: '商户类别', banks: '银行目录', calendar: '工作日历', models: '终端机型' }, fields: { code: '代码', name: '名称', province: '省份', category: '大类', cnapsCode: '联行号', date: '日期', working: '类型', note: '说明', title: '标题', body: '内容', from: '自', until: '至' }, working: { on: '上班', off: '休息' }, edit: '修改', count: '共 {n} 条', inUse: '已被商户、终端或申请使用,不能删除', import: '导入', importHint: '每行「联行号,名称」,相同联行号以新名称为准;任何一行有误则整批不导入', badLine: '第 {line} 行:{fault},未导入任何一行', imported: '已导入 {n} 条',
  },
  transactionTypes: { purchase: '消费', void: '撤销', refund: '退货', reversal: '冲正', balance: '余额查询', signOn: '签到', settlement: '批结算', batchUpload: '批上送' }, transactionStates: { approved: '成功', declined: '失败', voided: '已撤销', reversed: '已冲正' },
  transaction: {
    title: '交易查询', q: '商户编号 / 名称 / 终端号 / 系统流水号', at: '交易时间', systemNo: '系统流水号', trace: '批次/流水', batch: '批次号', traceNo: '终端流水号', type: '交易类型', amount: '交易金额', fee: '手续费', code: '应答', state: '标志', balance: '交易后余额', approved: '全部成功', declined: '全部失败',
    detail: '交易资料', businessDate: '会计日期', card: '卡号', reason: '冲正原因', reasons: { '98': '未收到应答', '96': '终端处理失败', A0: '应答校验错', '06': '其他' }, refunded: '已退货金额', related: '关联交易', noEntry: '没有记账', messages: '报文记录', note: '应答内容', repeated: '重复报文,返回原应答',
    dayTitle: '当日交易', byHour: '按小时净消费(元)', hour: '时段', count: '笔数', net: '净消费', declinedCount: '失败笔数', dayLabel: '{name} {date}:成功 {count} 笔,净消费 {fen} 元', seen: '最近联机', today: '今日笔数', todayFen: '今日金额', session: '签到与批次', signedOn: '签到时间', unsigned: '尚未签到', batches: '批次', batchState: '状态', states: { open: '未结算', uploading: '待上送', settled: '已结算' }, settledAt: '结算时间', terminalTotal: '终端合计', ourTotal: '系统合计', differences: '差异',
  },
  alerts: {
    title: '风险预警', no: '预警编号', rule: '规则', seen: '情况', raisedAt: '发现时间', dueAt: '处理时限', owner: '处理人', nobody: '无', state: '状态', states: { open: '未处理', handling: '处理中', closed: '已处理' }, about: '预警对象', transactions: '查看交易', handling: '处理', readOnly: '您没有处理预警的权限', story: '处理经过', text: '说明', closed: '该预警已处理', unreachable: '系统暂时无法受理,请稍后再试;已输入的内容没有丢失', recorded: '操作已记录,将在服务恢复后生效',
    rules: { velocity: '短时频繁大额', night: '夜间交易', lowQuota: '额度不足', sameAmount: '相同金额重复', roundAmount: '频繁整数交易', declines: '失败率偏高', giveBacks: '撤销退货偏多', underTier: '疑似拆分充值' },
    sentences: { velocity: '{minutes} 分钟内 {count} 笔较大金额消费,共 {fen} 元', night: '夜间消费 {count} 笔,共 {fen} 元,最近 {time}', lowQuota: '可用额度 {fen} 元,最近一次充值 {topUp} 元', sameAmount: '{minutes} 分钟内 {count} 笔消费金额均为 {fen} 元', roundAmount: '当日整额消费 {count} 笔,共 {fen} 元', declines: '当日 {of} 笔消费中失败 {count} 笔', giveBacks: '当日 {of} 笔消费,撤销与退货 {count} 笔', underTier: '24 小时内 {count} 笔充值略低于分级金额,共 {fen} 元' },
    actions: { take: '开始处理', note: '记录', remind: '商户提醒', requestVoucher: '调单', close: '处理完成' }, hints: { take: '由我处理该预警', note: '记录处理情况', remind: '已提醒商户', requestVoucher: '要求商户提供签购单,处理时限顺延 3 天', close: '写明结论后结束' },
    events: { raised: '系统发现', take: '开始处理', note: '记录', remind: '提醒商户', requestVoucher: '调单', close: '处理完成', overdue: '超过处理时限', refused: '操作未受理' },
  },
  transactions: { purchase: '消费', void: '撤销', refund: '退货', balance: '余额' },
  accounts: { '1002.01': '银行存款—备付金户', '1002.02': '银行存款—自有资金户', '1221.01': '其他应收款—短款', '1221.02': '待查往账', '2241.10': '应付客户备付金—商户额度', '2241.11': '应付客户备付金—冻结', '2241.20': '挂账—待确认来账', '2241.21': '长款', '2202.01': '应付待清算款', '2202.02': '应付商户退款', '6001.01': '手续费收入' },
  bank: {
    title: '银行流水', statements: '已导入的对账单', import: '导入', upload: '上传对账单', account: '银行账号', accountHint: '文件中没有账号时填写', open: '待确认来账', bookedOn: '记账日', party: '对方户名', note: '附言', serialNo: '流水号', in: '来账', out: '往账', direction: '方向', state: '状态', states: { open: '待匹配', reserved: '已预留', used: '已使用' }, balance: '余额', lines: '{n} 笔,来账 {inbound},往账 {outbound}', opening: '期初余额', closing: '期末余额', layout: '版式', shapes: { columns: '借贷分列', flag: '借贷标志列', signed: '正负金额' }, counts: '新增 / 总数', matching: '匹配情况', noMatch: '没有相符来账', preview: '预览,前 {n} 笔', file: '文件', by: '导入人', returned: '退回', imported: '已导入 {n} 笔,其中新增 {m} 笔', already: '该文件已导入过,没有新增', sureImport: '确定导入', refused: '整份文件未导入', atLine: '第 {line} 行', map: '列对应', mapHint: '请指明各列的含义,保存为版式后重新上传', layoutName: '版式名称', saveLayout: '保存版式',
    roles: { date: '日期', time: '时间', out: '借方(付出)', in: '贷方(收入)', flag: '借贷标志', amount: '金额', balance: '余额', partyName: '对方户名', partyAccountNo: '对方账号', partyBank: '对方行', note: '摘要/附言', serialNo: '流水号', accountNo: '本方账号', currency: '币种' },
    faults: { ole: '这是旧版 Excel(.xls)文件,请在 Excel 中另存为 .xlsx 后再上传', encoding: '文件编码既不是 UTF-8 也不是 GB18030', empty: '文件中没有交易', header_unknown: '没有找到认识的表头', bad_date: '日期不正确', bad_amount: '金额不正确', bad_flag: '借贷标志不正确', bad_balance: '余额不正确', balance_breaks: '余额与上一笔不连续', account_unknown: '文件中没有银行账号,请填写', account_differs: '本方账号前后不一致', currency: '只接受人民币', too_large: '文件过大', too_slow: '处理超时', unreadable: '文件无法读取', gap: '与上次导入的余额不衔接,请先导入中间的对账单;已知余额', twice: '文件中有重复的流水' },
  },
  ledger: { dayEnd: '日结', noDayEnd: '尚无日结', settledAt: '日结时间', entryCount: '分录数', outcome: '结果', settled: '已日结', title: '试算平衡', account: '科目', name: '名称', owner: '户号', debit: '借方发生额', credit: '贷方发生额', balance: '余额', total: '合计', holds: '账务平衡,检查全部通过', faults: '检查未通过', entries: '会计分录', legs: '将记账', after: '过账后', before: '过账前', event: '业务', cause: '来源' },
  accountType: { corporate: '对公', personal: '对私' },
  merchants: { title: '商户信息', q: '商户编号 / 名称 / 信用代码', status: '状态', area: '地区', versions: '资料版本', version: '第 {n} 版', madeBy: '申请单号', effectiveAt: '生效时间', requests: '相关申请', quota: '额度账户', balance: '余额', frozen: '冻结', available: '可用额度', none: '尚未开立' },
  terminals: { title: '终端信息', q: '终端号 / 序列号 / 商户编号', keyCheck: '密钥校验值', detail: '终端资料' },
  audit: { title: '操作日志', export: '导出EXCEL文件', at: '时间', actor: '操作员', action: '操作', object: '对象', detail: '内容', address: '地址', actions: { 'alert.take': '预警:开始处理', 'alert.note': '预警:记录', 'alert.remind': '预警:商户提醒', 'alert.requestVoucher': '预警:调单', 'alert.close': '预警:处理完成', 'attachment.added': '上传附件', 'attachment.removed': '删除附件', 'attachment.seen': '查看附件', 'codec.decode': '解密系统历史', 'draft.deleted': '删除草稿', 'password.changed': '修改密码', 'request.bulk': '批量审批', reveal: '查看完整信息', signIn: '登录', 'signIn.failed': '登录失败', 'signIn.locked': '账号锁定', 'signIn.codeWrong': '动态口令错误', 'totp.on': '启用动态口令', 'totp.off': '停用动态口令', signOut: '退出', 'web.forbidden': '无权访问', 'statement.imported': '导入银行流水', 'statement.layout': '保存版式', 'terminal.key': '显示终端密钥', 'report.exported': '导出报表', 'report.downloaded': '下载报表', 'report.cancelled': '取消导出', 'user.unlocked': '解锁用户', 'reference.put': '维护公共信息', 'reference.removed': '删除公共信息', 'reference.imported': '导入公共信息', 'announcement.made': '发布公告', 'announcement.removed': '删除公告', 'audit.read': '查阅操作日志', 'audit.exported': '导出操作日志', 'sessions.ended': '强制下线', 'access.userCreate': '新增用户', 'access.userRename': '修改用户', 'access.userEnable': '启用用户', 'access.userDisable': '停用用户', 'access.userDelete': '删除用户', 'access.userReset': '重置密码', 'access.userGroups': '用户分组', 'access.groupCreate': '新增用户组', 'access.groupChange': '修改用户组', 'access.groupEnable': '启用用户组', 'access.groupDisable': '停用用户组', 'access.groupDelete': '删除用户组', 'access.groupRights': '组权限', 'access.moduleCreate': '新增模块', 'access.moduleChange': '修改模块', 'access.moduleEnable': '启用模块', 'access.moduleDisable': '停用模块', 'access.moduleDelete': '删除模块', 'access.moduleRights': '模块权限' } },
  history: { at: '时间', type: '系统事件', no: '序号', story: '申请经过', system: 'Temporal 历史' },
  reports: zhReports,
  homePage: { title: '工作台', hello: '{name},您好', waiting: '待我审批', mine: '我发起的未结申请', overdue: '已超时', sent: '我发起的', modules: '您可以使用的功能' },
} as const;
