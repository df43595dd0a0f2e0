// The same in Node, as far as the tests of another language need it.
import http from "node:http";

http
  .createServer((request, response) => {
    if (request.url === "/whoami") response.end(JSON.stringify({ uid: process.getuid(), node: process.version }));
    else response.end(process.env.ROADBED_VERSION);
  })
  .listen(Number(process.env.PORT), process.env.HOST);
