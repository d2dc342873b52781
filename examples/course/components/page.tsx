import { Notices } from "./notices";

type Props = { title: React.ReactNode; lead?: React.ReactNode; narrow?: boolean; children: React.ReactNode };

/** The frame of an ordinary page: messages, heading, content. */
export function Page({ title, lead, narrow = false, children }: Props) {
  return (
    <div className={narrow ? "page narrow" : "page"}>
      <Notices />
      <header className="page-head">
        <h1>{title}</h1>
        {lead ? <p className="lead">{lead}</p> : null}
      </header>
      {children}
    </div>
  );
}
