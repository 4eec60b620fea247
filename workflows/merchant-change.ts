// 商户信息变更: the record as it shall be; the old version is kept.
import type { MerchantActivities } from '../activities/merchants.ts';
import { follow, localSteps } from './lifecycle.ts';
import type { RequestState, Submission } from './rules/request.ts';

const { steps, saves } = localSteps<MerchantActivities>();

export function merchantChange(submission: Submission): Promise<RequestState> {
  return follow(submission, {
    /** 变更待审核: nothing changes yet, but the version that the maker saw must stand. */
    atSubmission: steps.submitChange,
    /** A new version; refused when another change came between. */
    whenApproved: steps.changeMerchant,
    otherwise: saves.saveChange,
  });
}
