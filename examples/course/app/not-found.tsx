import Link from "next/link";

export default function NotFound() {
  return (
    <div className="page narrow empty">
      <h1>There is nothing here</h1>
      <p className="lead">The page may have moved, or the address has a typing mistake in it.</p>
      <Link className="button" href="/">
        See all courses
      </Link>
    </div>
  );
}
