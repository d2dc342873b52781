export default function Static() {
  return <p>static</p>;
}
