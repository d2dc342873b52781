import { connect } from "node:net";

/**
 * Sends raw requests and answers a response for each. Plain ones follow each other on one connection without waiting; one
 * that Node's parser may refuse goes alone, since a refusal drops what was sent before it on the same connection.
 */
export async function sendAll(port, requests) {
  const plain = requests.filter(({ isPlain }) => isPlain);
  const answers = new Map();
  const send = async (some) => {
    const responses = await sendTogether(
      port,
      some.map(({ bytes }) => bytes),
    );
    for (const [index, request] of some.entries()) answers.set(request, responses[index] ?? unanswered);
  };
  await Promise.all([send(plain), ...requests.filter((request) => !request.isPlain).map((request) => send([request]))]);
  return requests.map((request) => answers.get(request));
}

const unanswered = { status: 0, head: "", body: "no answer" };

function sendTogether(port, requests) {
  if (requests.length === 0) return Promise.resolve([]);
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
