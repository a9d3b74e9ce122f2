"""A server on a free port whose pages are functions, well behaved or sending arbitrary bytes."""

import http.server
import threading


class Page:
    """A request and the means to answer it."""

    def __init__(self, handler, body):
        self._handler = handler
        self.method, self.path, self.fields, self.body = handler.command, handler.path, handler.headers, body

    def say(self, body="", status=200, **fields):
        body = body if isinstance(body, bytes) else body.encode()
        self._handler.send_response(status)
        for name, value in fields.items():
            self._handler.send_header(name.replace("_", "-"), value)
        if status not in (204, 304):
            self._handler.send_header("Content-Length", str(len(body)))
        self._handler.end_headers()
        if status not in (204, 304):
            self._handler.wfile.write(body)

    def raw(self, data, close=True):
        self._handler.wfile.write(data)
        if close:
            self._handler.close_connection = True


class HttpServer:
    def __init__(self):
        self.pages, self.heard, self.connections = {}, [], 0
        self._lock = threading.Condition()
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                server.connections += 1
                super().setup()

            def _answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                page = Page(self, body)
                with server._lock:
                    server.heard.append(page)
                    server._lock.notify_all()
                try:
                    server.pages.get(self.path, lambda page: page.say("no such page", 404))(page)
                except OSError:  # the client has disconnected
                    self.close_connection = True

            do_GET = do_PUT = do_POST = do_DELETE = _answer

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def wait_heard(self, path, timeout=60):
        with self._lock:
            if not self._lock.wait_for(lambda: any(each.path == path for each in self.heard), timeout):
                raise TimeoutError(f"{path} was not asked for, but {[each.path for each in self.heard]}")

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
