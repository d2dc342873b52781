type Props = { label: string; completed: number; total: number; percent: number };

/** How far somebody has come, for the eye and in words. */
export function ProgressBar({ label, completed, total, percent }: Props) {
  return (
    <div className="progress">
      <progress value={percent} max={100} aria-label={label}>
        {percent} %
      </progress>
      <p className="muted small">
        {completed} of {total} lessons · <strong>{percent} %</strong>
      </p>
    </div>
  );
}
