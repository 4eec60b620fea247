// English dictionary, the same shape as zh.ts.
import type { Text } from './index.ts';

export const en: Text = {
  lang: 'en',
  other: '中文',
  product: 'Payment operations',
  demo: 'Demo',
  comma: ', ',
  skip: 'Skip to content',
  home: 'Home',
  menu: 'Modules',
  signedInAs: 'Signed in as',
  faults: {
    required: 'Required', too_long: 'Too long', length: 'Wrong number of characters', alphabet: 'Contains a character that is not allowed', check_digit: 'The check digit is wrong', not_a_date: 'This date of birth does not exist', in_future: 'The date is in the future',
    under_age: 'Younger than 18', not_digits: 'Digits only', phone: 'Not a mobile number', email: 'Not an e-mail address', hours: 'Write 09:00-21:00', money: 'Not an amount; write 1,000.00', rate: 'Between 0 and 100 with at most four decimals', choice: 'Choose from the list',
    area_unknown: 'Unknown area', mcc_unknown: 'Unknown merchant category', number_taken: 'This merchant number exists already', number_full: 'No number is left for this prefix', bank_unknown: 'Not in the bank directory', cnaps_bank: 'Does not belong to the bank chosen',
    control_character: 'Contains invisible control characters', license_missing: 'Upload an image of the business licence', reason_missing: 'Give a reason', acquirer_unknown: 'Does not begin with our acquirer code',
    too_many: 'At most 20', twice: 'The same serial number twice', one_only: 'A number can be typed for one terminal only', date: 'Not a date', not_owned: 'This account has no owner', same_account: 'Debit and credit are the same account', serial_taken: 'Another live terminal has this serial number', merchant_not_active: 'The merchant is not active', merchant_not_frozen: 'The merchant is not frozen', quota_insufficient: 'The available quota does not cover it', words_differ: 'Amount and words differ', model_unknown: 'Unknown model', record_busy: 'Another request for this record is open', stale: 'The record has changed; begin anew', nothing_changed: 'Nothing was changed', account_unknown: 'No such account', top_up_unknown: 'This top-up cannot be voided', line_unknown: 'This line cannot be returned', policy_unknown: 'Not a value of this parameter', not_possible: 'Not possible now',
  },
  refusals: {
    own_request: 'Nobody may decide their own request', not_your_level: 'This level is not yours to decide', duty_conflict: 'Entry and review, or review and administration, may not meet in one person', stale: 'The record has changed; reload and review again',
    already_decided: 'This request has been decided already', claimed_by_other: 'Somebody else is working on this request', not_claimed: 'You have not claimed this request', reason_missing: 'Give a reason', reason_too_long: 'A reason has at most 200 characters',
    not_maker: 'Only its maker may do this', not_now: 'Not possible in this state', not_eligible: 'This person cannot decide the request', urged_lately: 'Once an hour at most', text_missing: 'Write something', nothing_changed: 'Nothing was changed',
    forged_command: 'Unreadable command, recorded', unknown_signal: 'Unknown command, recorded', cancel_not_allowed: 'Cancelling from outside has no effect, recorded', number_taken: 'The merchant number is taken', merchant_changed: 'The merchant record has changed; this cannot take effect', submission_failed: 'The submission failed; amend it and submit again',
    line_missing: 'Choose the bank line', line_unknown: 'No such bank line', line_taken: 'This bank line serves another request', amount_differs: 'The amount received is not the amount asked for', payer_differs: 'The payer is not the account holder; confirm with a reason', words_differ: 'Amount and words differ', record_busy: 'Another request for this record is open', merchant_not_active: 'The merchant is not active', merchant_not_frozen: 'The merchant is not frozen', merchant_frozen: 'The merchant is frozen', quota_insufficient: 'The available quota does not cover it', quota_not_zero: 'The merchant still has quota; refund it first', requests_open: 'The merchant has open requests', terminal_changed: 'The terminal has changed; this cannot take effect', terminal_not_active: 'The terminal is not active', serial_taken: 'Another live terminal has the serial number', top_up_not_effective: 'This top-up is not effective', top_up_voided: 'This top-up has been voided', account_unknown: 'No such account', account_closed: 'The account is closed', day_closed: 'The business day is closed', policy_unknown: 'Not a value of this parameter', policy_changed: 'The parameter has changed; ask anew', batch_open: 'A batch is not settled',
  },
  common: {
    query: 'Search', add: 'New', confirm: 'Confirm', save: 'Save draft', remove: 'Delete', detail: 'Details', back: 'Back', more: 'Next page', first: 'First page', all: 'All', none: 'No records match', optional: 'optional', required: 'required', choose: 'Choose',
    total: 'Total', rows: 'rows', yes: 'Yes', no: 'No', reveal: 'Show in full', hidden: 'masked', system: 'System', from: 'from', yuan: 'yuan', submit: 'Submit',
  },
  signIn: {
    title: 'Sign in', account: 'Account', password: 'Password', captcha: 'Captcha', enter: 'Sign in', another: 'Another one', out: 'Sign out', wrong: 'Account or password is wrong', captchaWrong: 'The captcha is wrong; try the new one',
    locked: 'Too many failures; try again in 30 minutes', expired: 'Your session has ended; sign in again', forged: 'This page is out of date; try again', forbidden: 'You have no right to this function', notFound: 'No such page or record',
    fault: 'Something went wrong; try again later. What you typed is not lost', tooLarge: 'Too much content',
  },
  password: {
    title: 'Change password', old: 'Old password', fresh: 'New password', again: 'New password again', must: 'Change the initial password first', wrong: 'The old password is wrong', different: 'The two new passwords differ',
    weak: 'At least 8 characters with letters and digits, other than your account and the initial password', same: 'The new password equals the old one', done: 'Password changed; other sessions have ended', rule: 'At least 8 characters, letters and digits',
  },
  states: { draft: 'not submitted', accepted: 'accepted', submitted: 'waiting', approved: 'taking effect', returned: 'returned', effective: 'effective', rejected: 'rejected', withdrawn: 'withdrawn', expired: 'expired', abandoned: 'abandoned', failed: 'failed' },
  kinds: {
    merchantOpening: 'Merchant opening', merchantChange: 'Merchant change', merchantFreeze: 'Merchant freeze', merchantRestore: 'Merchant restore', merchantCancellation: 'Merchant cancellation', terminalRegistration: 'Terminal registration', terminalChange: 'Terminal change',
    terminalCancellation: 'Terminal cancellation', topUp: 'Top-up', topUpVoid: 'Top-up void', quotaRefund: 'Quota refund', lineReturn: 'Return to payer', adjustment: 'Adjustment', policyChange: 'Parameter change',
  },
  groups: { '01': 'Administration', '02': 'Data entry', '03': 'Operations review', '04': 'Finance review', '05': 'Supervisors', '06': 'Audit' },
  merchantStatus: { pending: 'pending', active: 'active', frozen: 'frozen', cancelled: 'cancelled', rejected: 'rejected' },
  inbox: {
    title: 'Inbox', review: 'Opening review', mine: 'For me', unclaimed: 'Unclaimed', handled: 'Handled', started: 'Started by me', search: 'Merchant / number / amount / maker', kind: 'Kind', allKinds: 'All kinds', level: 'level {n} of {m}',
    empty: 'Nothing is waiting for you', claimedBy: '{who} is on it', resubmitted: 'submission {n}', overdue: 'overdue', left: 'due in', listLabel: 'Requests', tabsLabel: 'Kinds of list', at: 'Time', due: 'Due',
    tick: 'Tick', ticked: '{n} ticked', bulkApprove: 'Approve ticked', bulkReturn: 'Return ticked', bulkAll: 'All that match', fresh: '{n} new', choose: 'Choose a request on the left to work on it here', changed: 'This request has just changed: show the latest', sort: 'Order', sorts: { due: 'by due time', newest: 'newest first', amount: 'by amount' },
    views: 'My views', viewName: 'Name of the view', saveView: 'Save these filters', viewActs: { default: 'Make default', up: 'Up', removal: 'Delete' }, isDefault: 'No default',
  },
  keys: {
    title: 'Keys', turnOff: 'Turn keys off', turnOn: 'Turn keys on', close: 'Close', label: 'Keys',
    list: [['j', 'next'], ['k', 'previous'], ['o', 'open'], ['x', 'tick'], ['a', 'approve what is open'], ['r', 'return'], ['t', 'hand over'], ['c', 'comment'], ['/', 'search'], ['?', 'this help']],
  },
  bulk: {
    title: 'Decide many', most: 'at most {n} at once', result: 'Result', ofTicked: '{n} ticked: {able} can be decided, {unable} cannot', ofAll: 'All {n} that match: {able} can be decided, {unable} cannot', sum: 'Sum', decision: 'Decision', confirm: 'Confirm for {n}', unable: 'Cannot be decided, and why', able: 'Will be decided', nothing: 'None of these can be decided',
    refused: 'Not done, and why', taken: 'Done', came: '{action}: {n} done, {m} not done', amount: 'Amount', note: 'Note',
  },
  twins: { title: 'Similar requests: check for duplicates', same: 'In common', reasons: { amount: 'merchant and amount', account: 'account', uscc: 'credit code', idCardNo: 'legal person' } },
  print: { title: 'approval form', open: 'Print form', print: 'Print', level: 'Level', group: 'Duty', person: 'Decided by', at: 'Time', signature: 'Signature', printed: 'Printed by' },
  desk: {
    title: 'My settings', keys: 'Keys', keysOn: 'on', keysOff: 'off', phrases: 'Phrases', phrasesHint: 'One a line, at most 20 of at most 200 characters', phrasesFault: 'At most 20 phrases of at most 200 characters', notices: 'Notices', readAll: 'Mark all as read', none: 'No notices', unread: '{n} unread notices',
  },
  request: {
    no: 'Request', maker: 'Maker', state: 'State', submittedAt: 'Submitted', merchant: 'Merchant', decide: 'Decision', approve: 'Approve', return: 'Return', reject: 'Reject', claim: 'Claim', release: 'Release', handOver: 'Hand over', to: 'to',
    comment: 'Comment', withdraw: 'Withdraw', urge: 'Urge', amend: 'Amend', reason: 'Reason', reasonHint: 'Mandatory to return or reject; at most 200 characters', phrase: 'Phrase', noPhrase: 'none', commentHint: '@code notifies somebody, e.g. @check002', confirmApprove: 'The documents are in order', content: 'Content', attachments: 'Attachments', timeline: 'Timeline',
    differences: 'Since you last looked', noDifferences: 'Nothing has changed since you last looked', wasChanged: 'Changes of submission {n}', before: 'before', after: 'after', warnings: 'Confirmed warnings', warned: { uscc: 'Same credit code as another merchant', idCardNo: 'Same legal person as another merchant', settlementAccountNo: 'Same account as another merchant', organisation: 'Doubtful organisation code' }, will: 'What approval will do',
    willOpen: ['Merchant {no} turns from pending to active', 'A quota account is opened with a balance of 0.00 yuan', 'Version 1 of the merchant record is written'],
    waiting: 'Waits for {group} (level {n} of {m}); {who} can decide. Due {due}, then it is escalated to the supervisors. Submitted by {maker} on {at}.', waitingNobody: 'Waits for {group}, but nobody can decide now: ask an administrator.',
    returnedSentence: '{by} returned it: {reason}. Waits for {maker} to amend it until {due}.', done: '{at}: {state}.', failedSentence: 'Something went wrong while it took effect; it waits to be retried or abandoned.', approvedSentence: 'Approved; it is taking effect.',
    accepted: 'The request is accepted and takes effect when the service is back; there is no need to submit it again.', recorded: 'Your command is recorded and takes effect when the service is back; there is no need to repeat it.', taken: 'Done', notTaken: 'Not done', history: 'Compare with system history', historyTitle: 'System history',
    unreachable: 'The workflow service cannot be reached; nothing was submitted. Try again later; what you typed is kept.', uncertain: 'The workflow service did not answer in time: submitting again is safe and cannot double it.', notSubmitted: 'not part of the submission', refusedAttempt: 'tried to {action}, refused', events: 'Events', mention: 'What I can do', none: 'none', olderRefusals: '{n} older refusals are only counted',
  },
  events: {
    submitted: 'submitted', submissionRefused: 'sent back by the system', approved: 'approved', returned: 'returned', rejected: 'rejected', amended: 'amended and submitted again', withdrawn: 'withdrew', claimed: 'claimed', released: 'released', handedOver: 'handed over to {to}', commented: 'commented',
    urged: 'urged', retried: 'retried', abandoned: 'abandoned', effective: 'took effect', effectRefused: 'effect refused, back to review', failed: 'failed', reminded: 'reviewers reminded', escalated: 'overdue, escalated', expired: 'expired', refused: 'refused',
  },
  actions: { approve: 'approve', return: 'return', reject: 'reject', amend: 'amend', withdraw: 'withdraw', claim: 'claim', release: 'release', handOver: 'hand over', comment: 'comment', urge: 'urge', retry: 'retry', abandon: 'abandon' },
  opening: {
    title: 'Merchant opening', fresh: 'New merchant', draw: 'Draw a number', drawHint: 'Choose area and category first', check: 'Check before submitting', draft: 'Draft', saved: 'Draft saved {at}', saving: 'Saves itself while you type', delete: 'Delete draft', deleteConfirm: 'Press Confirm to delete', amending: 'Amend and submit again',
    parts: { identity: 'Identity', business: 'Business', settlement: 'Settlement account', terms: 'Terms and limits' }, upload: 'Upload', uploadHint: 'Images or PDF, at most 5 MB each', parts2: { businessLicense: 'Business licence', accountPermit: 'Account permit', idCard: 'ID card', shopPhoto: 'Shop photo', agreement: 'Agreement', other: 'Other' },
    fileWrong: 'Only JPG, PNG, WebP or PDF (told by content)', fileLarge: 'Larger than 5 MB', fileMissing: 'Choose a file', fileMany: 'At most 20 attachments', missing: '{n} missing', complete: 'Complete; ready to submit', who: 'Can then be decided by {who}', whoNobody: 'Nobody can decide this request now', until: 'Due by {due}',
    twin: 'Same {field} as {merchant}; verify, and give a reason to confirm', twinReason: 'Reason', organisation: 'The organisation code inside the credit code looks doubtful; verify', gone: 'This draft was submitted or is not yours', held: 'This request is being submitted; wait a moment for the result', submittedOn: 'Date', deleted: 'Draft deleted', accepted: 'This request was submitted already; its first content counts',
  },
  fields: {
    merchantNo: 'Merchant number', merchantName: 'Chinese name', shortName: 'Short name', englishName: 'English name', uscc: 'Unified social credit code', legalRepresentative: 'Legal representative', idCardNo: 'ID card number', mcc: 'Category (MCC)', areaCode: 'Area', businessAddress: 'Business address',
    businessHours: 'Business hours', contactName: 'Contact', contactMobile: 'Mobile', financeContact: 'Finance contact', email: 'E-mail', accountManager: 'Account manager', accountType: 'Account type', openingBankName: 'Bank', cnapsCode: 'CNAPS code', accountName: 'Account name',
    settlementAccountNo: 'Account number', feeRate: 'Fee rate (%)', feeCap: 'Fee cap (yuan)', singleLimit: 'Single limit (yuan)', dailyLimit: 'Daily limit (yuan)', monthlyLimit: 'Monthly limit (yuan)', remark: 'Remark', businessLicense: 'Business licence image', attachments: 'Attachments',
    reason: 'Reason', amount: 'Amount (yuan)', amountInWords: 'Amount in words', payerName: 'Payer', payerAccountNo: 'Payer account', payerBank: 'Payer bank', slipNo: 'Slip number', remittedOn: 'Remitted on', topUpNo: 'Top-up', lineId: 'Bank line', debitAccount: 'Debit account', debitOwner: 'Debit owner', creditAccount: 'Credit account', creditOwner: 'Credit owner', policyKey: 'Parameter', policyValue: 'New value', policyBefore: 'Present value', serialNo: 'Serial number', terminalNo: 'Terminal number', terminalNos: 'Terminals', model: 'Model', installAddress: 'Address', phone: 'Phone', permitted: 'Transactions', baseVersion: 'Base version',
  },
  accountType: { corporate: 'corporate', personal: 'personal' },
  merchants: { title: 'Merchants', q: 'Number / name / credit code', status: 'Status', area: 'Area', versions: 'Versions', version: 'Version {n}', madeBy: 'Request', effectiveAt: 'Effective', requests: 'Requests', quota: 'Quota account', balance: 'Balance', frozen: 'Frozen', available: 'Available', none: 'not opened yet' },
  audit: { title: 'Audit log', at: 'Time', actor: 'User', action: 'Action', object: 'Object', detail: 'Detail', address: 'Address', actions: { 'attachment.added': 'attachment added', 'attachment.removed': 'attachment removed', 'attachment.seen': 'attachment seen', 'codec.decode': 'system history decoded', 'draft.deleted': 'draft deleted', 'password.changed': 'password changed', 'request.bulk': 'bulk decision', reveal: 'shown in full', signIn: 'signed in', 'signIn.failed': 'sign-in failed', 'signIn.locked': 'account locked', signOut: 'signed out', 'web.forbidden': 'no right' } },
  history: { at: 'Time', type: 'System event', no: 'No.', story: 'Timeline', system: 'Temporal history' },
  homePage: { title: 'Desk', hello: 'Hello, {name}', waiting: 'Waiting for me', mine: 'My open requests', modules: 'What you can use' },
};
