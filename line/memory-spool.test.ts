import { describe } from 'vitest';
import { MemorySpool } from './memory-spool.ts';
import { spoolSuite } from './spool.suite.ts';

describe('a spool in memory', () => spoolSuite(async () => new MemorySpool(), null));
