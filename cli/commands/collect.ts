/** `zajil collect`: one pass: fetch, open, file, acknowledge. */
import type { Command } from '../command.ts';
import { jsonOption, outFor, showBytes } from '../out.ts';
import { CliError } from '../refusal.ts';
import { newsroomOptions, withNewsroom } from '../with-newsroom.ts';

export const collect: Command = {
  spec: {
    name: 'collect',
    help: 'fetch what waits at the relays, open it, file it, acknowledge it',
    options: { ...newsroomOptions, ...jsonOption },
  },
  async run(args) {
    const out = outFor(args);
    const figures = await withNewsroom(args, (newsroom) => newsroom.collect());
    for (const relay of figures.relays)
      if (relay.message) out.progress({ event: 'relay', base: relay.base, state: relay.state, message: relay.message }, relay.message);
    const { filed, filedBytes, completed, acknowledged, refused, foreign } = figures;
    const rest = [refused > 0 ? `${refused} refused` : '', foreign > 0 ? `${foreign} not for this newsroom` : ''].filter(Boolean);
    out.fact(
      { event: 'collected', ...figures },
      [
        `${filed} parcels filed (${showBytes(filedBytes)})`,
        `${completed} originals complete`,
        `${acknowledged} acknowledgements left`,
        ...rest,
      ].join(', '),
    );
    if (figures.relays.length > 0 && !figures.relays.some(({ state }) => state === 'reached')) {
      throw new CliError(
        'CLI_NO_RELAY',
        'No relay of this newsroom could be read now. What is here is safe; run this again when the line is back',
      );
    }
    return 0;
  },
};
