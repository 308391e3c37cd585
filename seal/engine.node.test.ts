import { engineContract } from './engine.contract.ts';
import { nodeEngine } from './engine.node.ts';

engineContract("Node's engine", nodeEngine);
