import { doorContract } from './door.contract.ts';
import * as door from './index.ts';

doorContract('the portable door', door);
