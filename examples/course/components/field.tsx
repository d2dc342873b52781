type Props = React.ComponentProps<"input"> & {
  name: string;
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
};

/** A labelled input with its hint and its error, tied together for screen readers. */
export function Field({ label, hint, error, name, ...input }: Props) {
  return (
    <FieldFrame name={name} label={label} hint={hint} error={error}>
      <input id={name} name={name} {...describedBy(name, hint, error)} {...input} />
    </FieldFrame>
  );
}

type SelectProps = React.ComponentProps<"select"> & Pick<Props, "name" | "label" | "error">;

export function SelectField({ label, error, name, children, ...select }: SelectProps) {
  return (
    <FieldFrame name={name} label={label} error={error}>
      {/* Keyed by its value: React resets forms after an action, and forgets the default of a select. */}
      <select
        id={name}
        name={name}
        key={String(select.defaultValue)}
        {...describedBy(name, undefined, error)}
        {...select}
      >
        {children}
      </select>
    </FieldFrame>
  );
}

function FieldFrame(props: Pick<Props, "name" | "label" | "hint" | "error"> & { children: React.ReactNode }) {
  const { name, label, hint, error, children } = props;
  return (
    <div className="field">
      <label htmlFor={name}>{label}</label>
      {children}
      {hint ? (
        <p id={`${name}-hint`} className="hint">
          {hint}
        </p>
      ) : null}
      {error ? (
        <p id={`${name}-error`} className="error">
          {error}
        </p>
      ) : null}
    </div>
  );
}

function describedBy(name: string, hint?: string, error?: string) {
  const ids = [hint ? `${name}-hint` : "", error ? `${name}-error` : ""].filter(Boolean).join(" ");
  return { "aria-describedby": ids || undefined, "aria-invalid": error ? true : undefined };
}
