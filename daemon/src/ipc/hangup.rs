//! Tells a client that has left from one that has only said all it had to say: `printf … | socat - UNIX:…` closes its sending
//! side at once and still waits for the answer.

use std::io::ErrorKind;
use std::os::fd::AsFd;

use interprocess::local_socket::tokio::Stream;
use tokio::io::Interest;
use tokio::net::UnixStream;

/// Waits until the other side has closed both directions.
pub async fn hung_up(stream: &Stream) {
    let Stream::UdSocket(socket) = stream;
    // A descriptor of its own, because the stream's one is registered with the runtime already. Without one, nobody is told,
    // and the next write finds out.
    let own =
        socket.as_fd().try_clone_to_owned().map(std::os::unix::net::UnixStream::from).and_then(UnixStream::from_std);
    match own {
        Ok(own) => closed(&own).await,
        Err(_) => std::future::pending().await,
    }
}

/// The writing side is closed only when the peer is gone, the reading side also when it has merely finished.
async fn closed(stream: &UnixStream) {
    loop {
        match stream.ready(Interest::WRITABLE).await {
            Ok(ready) if !ready.is_write_closed() => {}
            _ => return,
        }
        // Forgets that it can be written to, which is no news; what comes next is.
        let _ = stream.try_io(Interest::WRITABLE, || Err::<(), _>(ErrorKind::WouldBlock.into()));
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use tokio::io::AsyncWriteExt;
    use tokio::net::UnixStream;

    use super::closed;

    #[tokio::test]
    async fn a_closed_sending_side_is_no_hang_up() {
        let (mut client, server) = UnixStream::pair().unwrap();
        client.write_all(b"x").await.unwrap();
        client.shutdown().await.unwrap();
        server.readable().await.unwrap();
        let mut gone = pin!(closed(&server));
        assert_eq!(gone.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Pending);
        drop(client);
        gone.await;
    }
}
