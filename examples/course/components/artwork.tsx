import type { Course } from "@/lib/catalogue";

const columns = 6;
const rows = 4;
const size = 40;

/** Each shape fills one tile of 40 × 40; tiles are turned by quarters. */
const shapes: Readonly<Record<string, (colour: string) => React.ReactNode>> = {
  arc: (colour) => <path d="M0 0A40 40 0 0 1 40 40H26A26 26 0 0 0 0 14Z" fill={colour} />,
  disc: (colour) => <circle cx="20" cy="20" r="16" fill={colour} />,
  dot: (colour) => <circle cx="20" cy="20" r="4" fill={colour} />,
  half: (colour) => <path d="M0 0A20 20 0 0 0 40 0Z" fill={colour} />,
  quarter: (colour) => <path d="M0 0H40A40 40 0 0 1 0 40Z" fill={colour} />,
  ring: (colour) => <circle cx="20" cy="20" r="12" fill="none" stroke={colour} strokeWidth="6" />,
  slash: (colour) => <path d="M0 0H40L0 40Z" fill={colour} />,
  star: (colour) => <path d="M20 2Q21 19 38 20Q21 21 20 38Q19 21 2 20Q19 19 20 2Z" fill={colour} />,
  stripe: (colour) => <path d="M0 0H8V40H0ZM16 0H24V40H16ZM32 0H40V40H32Z" fill={colour} />,
};

/** The picture of a course: tiles of its shapes in its colours, always the same for the same course. */
export function Artwork({ course }: { course: Pick<Course, "slug" | "art"> }) {
  const random = randomFrom(course.slug);
  const pick = <Value,>(values: readonly Value[]) => values[Math.floor(random() * values.length)] as Value;
  const names = course.art.shapes.split(" ");
  const tiles = Array.from({ length: columns * rows }, (_, index) => {
    const ground = pick(course.art.colours);
    const figure = pick(course.art.colours.filter((colour) => colour !== ground));
    return { x: (index % columns) * size, y: Math.floor(index / columns) * size, ground, figure };
  });
  return (
    <svg
      className="artwork"
      viewBox={`0 0 ${columns * size} ${rows * size}`}
      preserveAspectRatio="xMidYMid slice"
      aria-hidden
    >
      {tiles.map(({ x, y, ground, figure }) => (
        <g key={`${x} ${y}`} transform={`translate(${x} ${y})`}>
          {/* A little larger than the tile: no hairlines between neighbours. */}
          <rect width={size + 0.5} height={size + 0.5} fill={ground} />
          <g transform={`rotate(${pick([0, 90, 180, 270])} 20 20) translate(-0.2 -0.2) scale(1.01)`}>
            {shapes[pick(names)]?.(figure)}
          </g>
        </g>
      ))}
    </svg>
  );
}

// FNV-1a for the seed, mulberry32 for the numbers: small, and the same on every server.
function randomFrom(text: string): () => number {
  let state = 0x811c9dc5;
  for (const letter of text) state = Math.imul(state ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
