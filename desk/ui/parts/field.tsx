/** A labelled field of a form. */
import type { ComponentChildren, RefObject } from 'preact';

interface Properties {
  readonly label: string;
  /** A signal, or anything else that is read and written so. */
  readonly value: { value: string };
  readonly type?: 'text' | 'password' | 'url';
  readonly rows?: number;
  readonly required?: boolean;
  readonly name: string;
  readonly most?: number;
  readonly dir?: 'ltr' | 'rtl' | 'auto';
  readonly invalid?: boolean;
  /** Id of the sentence that says what is wrong or wanted. */
  readonly describedBy?: string;
  readonly inputRef?: RefObject<HTMLInputElement | null>;
  readonly children?: ComponentChildren;
}

export function Field({ label, name, rows, type = 'text', inputRef, children, ...rest }: Properties) {
  const common = commonOf(name, rest);
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {rows ? (
        <textarea rows={rows} {...common} />
      ) : type === 'password' ? (
        <input type="password" {...(inputRef && { ref: inputRef })} {...common} />
      ) : (
        <input type="text" inputMode={type === 'url' ? 'url' : 'text'} {...(inputRef && { ref: inputRef })} {...common} />
      )}
      {children}
    </div>
  );
}

function commonOf(
  name: string,
  { value, required = false, most, dir = 'auto', invalid, describedBy }: Partial<Properties> & Pick<Properties, 'value'>,
) {
  return {
    id: name,
    name,
    dir,
    required,
    autocomplete: 'off' as const,
    autocapitalize: 'off' as const,
    spellcheck: false,
    value: value.value,
    onInput: (event: Event) => (value.value = (event.currentTarget as HTMLInputElement | HTMLTextAreaElement).value),
    ...(most !== undefined && { maxLength: most }),
    ...(invalid && { 'aria-invalid': true }),
    ...(describedBy && { 'aria-describedby': describedBy }),
  };
}
