import { connect } from "node:net";

/**
 * Sends raw requests over one connection after another, many at once on each, and answers every response. Where the server
 * refuses one and closes, the ones behind it are sent again on the next connection.
 */
export async function sendAll(port, requests) {
  const responses = [];
  while (responses.length < requests.length) {
    const arrived = await sendOnce(port, requests.slice(responses.length));
    if (arrived.length === 0) responses.push({ status: 0, head: "", body: "" });
    responses.push(...arrived);
  }
  return responses;
}

function sendOnce(port, requests) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const arrived = [];
    let received = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      for (let response = takeResponse(received); response; response = takeResponse(received)) {
        received = received.subarray(response.length);
        arrived.push(response);
      }
      if (arrived.length >= requests.length) socket.destroy();
    });
    // A refusal ends the connection; what has arrived until then counts.
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(arrived));
    socket.write(Buffer.concat(requests));
  });
}

function takeResponse(received) {
  const end = received.indexOf("\r\n\r\n");
  if (end === -1) return null;
  const head = received.toString("latin1", 0, end);
  const bodyStart = end + 4;
  const size = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
  const chunked = /^transfer-encoding: chunked/im.test(head);
  const bodyEnd = chunked ? received.indexOf("0\r\n\r\n", bodyStart) + 5 : bodyStart + size;
  if (bodyEnd < bodyStart || received.length < bodyEnd) return null;
  const body = received.toString("latin1", bodyStart, bodyEnd);
  return { status: Number(head.slice(9, 12)), head, body, length: bodyEnd };
}
