/** A labelled field of a form. */
import type { Signal } from '@preact/signals';

interface Properties {
  readonly label: string;
  readonly value: Signal<string>;
  readonly type?: 'text' | 'password' | 'url';
  readonly rows?: number;
  readonly required?: boolean;
  readonly name: string;
  readonly most?: number;
  readonly dir?: 'ltr' | 'rtl' | 'auto';
}

export function Field({ label, value, type = 'text', rows, required = false, name, most, dir = 'auto' }: Properties) {
  const common = {
    id: name,
    name,
    dir,
    required,
    autocomplete: 'off' as const,
    spellcheck: false,
    value: value.value,
    onInput: (event: Event) => (value.value = (event.currentTarget as HTMLInputElement | HTMLTextAreaElement).value),
    ...(most !== undefined && { maxLength: most }),
  };
  return (
    <p class="field">
      <label for={name}>{label}</label>
      {rows ? (
        <textarea rows={rows} {...common} />
      ) : type === 'password' ? (
        <input type="password" {...common} />
      ) : (
        <input type="text" inputMode={type} {...common} />
      )}
    </p>
  );
}
