type Props = React.ComponentProps<"input"> & {
  name: string;
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
};

/** A labelled input with its hint, or its error, tied together for screen readers. */
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
      {error || hint ? (
        <p id={`${name}-note`} className={error ? "error" : "hint"}>
          {error || hint}
        </p>
      ) : null}
    </div>
  );
}

function describedBy(name: string, hint?: string, error?: string) {
  return { "aria-describedby": error || hint ? `${name}-note` : undefined, "aria-invalid": error ? true : undefined };
}
