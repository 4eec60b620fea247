// The contract of this folder with the worker: every workflow, by the name of its kind.
export { merchantOpening } from './merchant-opening.ts';
