// The same for Node.js, by --require: writes each host that a socket connects to into GUARD_LOG.
const fs = require("fs");
const net = require("net");

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...given) {
  const first = Array.isArray(given[0]) ? given[0][0] : given[0];
  const host = typeof first === "object" ? first.host || first.path : given[1];
  fs.appendFileSync(process.env.GUARD_LOG, `${host || "localhost"}\n`);
  return connect.apply(this, given);
};
