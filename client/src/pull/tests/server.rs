//! A web server on loopback that gives prepared answers, one to each connection, and remembers what was asked.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread::{self, JoinHandle};

/// One answer.
pub(super) struct Answer {
    pub(super) status: &'static str,
    pub(super) headers: Vec<String>,
    pub(super) body: Vec<u8>,
    /// What `Content-Length` claims; the connection closes after the body all the same.
    pub(super) claims: usize,
}

impl Answer {
    pub(super) fn whole(body: &[u8]) -> Self {
        Self { status: "200 OK", headers: vec![], body: body.to_vec(), claims: body.len() }
    }

    /// The bytes from `start` on, as an answer to a range.
    pub(super) fn rest(body: &[u8], start: usize) -> Self {
        let range = format!("Content-Range: bytes {start}-{}/{}", body.len() - 1, body.len());
        Self { status: "206 Partial Content", headers: vec![range], ..Self::whole(&body[start..]) }
    }

    pub(super) fn error(status: &'static str) -> Self {
        Self { status, ..Self::whole(b"sorry") }
    }

    /// Sends the client to another path of the same server.
    pub(super) fn redirect() -> Self {
        Self { status: "302 Found", headers: vec!["Location: /elsewhere/model.gguf".into()], ..Self::whole(b"") }
    }

    /// The same, but the connection breaks after `length` bytes of the body.
    pub(super) fn cut_after(mut self, length: usize) -> Self {
        self.body.truncate(length);
        self
    }
}

/// A server that is running.
pub(super) struct Server {
    pub(super) url: String,
    thread: JoinHandle<Vec<String>>,
}

impl Server {
    /// Serves exactly these answers.
    pub(super) fn start(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/model.gguf", listener.local_addr().unwrap());
        let thread = thread::spawn(move || answers.into_iter().map(|answer| serve(&listener, &answer)).collect());
        Self { url, thread }
    }

    /// The `Range` header of each request, in order; waits until all answers were asked for.
    pub(super) fn ranges(self) -> Vec<String> {
        self.thread.join().unwrap()
    }
}

fn serve(listener: &TcpListener, answer: &Answer) -> String {
    let (mut stream, _) = listener.accept().unwrap();
    let mut range = String::new();
    for line in BufReader::new(&stream).lines() {
        let line = line.unwrap();
        if line.is_empty() {
            break;
        }
        if let Some((_, value)) = line.split_once(": ").filter(|(name, _)| name.eq_ignore_ascii_case("range")) {
            range = value.to_owned();
        }
    }
    let mut head = format!("HTTP/1.1 {}\r\nConnection: close\r\nContent-Length: {}\r\n", answer.status, answer.claims);
    answer.headers.iter().for_each(|header| head.extend([header.as_str(), "\r\n"]));
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(b"\r\n").unwrap();
    stream.write_all(&answer.body).unwrap();
    range
}
