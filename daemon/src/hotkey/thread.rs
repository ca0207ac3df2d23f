//! A source of keys on a thread of its own: how it is told which keys are wanted, and how it sleeps until that or something else happens.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};

use rustix::event::{EventfdFlags, PollFd, PollFlags, eventfd, poll};
use tokio::sync::mpsc;

use super::key::Key;
use super::source::{News, Source};
use crate::core::Binding;

/// The keeper's end. Dropped, it ends the thread, which gives all keys back.
#[derive(Debug)]
pub struct Thread {
    /// The keeper sends no more than one for each change of the configuration.
    orders: Sender<Vec<(Binding, Key)>>,
    bell: Bell,
}

/// The thread's end.
#[derive(Debug)]
pub struct Orders {
    queue: Receiver<Vec<(Binding, Key)>>,
    bell: Bell,
}

/// Wakes a thread that sleeps in `poll`, from any other one.
#[derive(Debug, Clone)]
pub struct Bell(Arc<OwnedFd>);

#[derive(Debug, PartialEq, Eq)]
pub enum Order {
    Bind(Vec<(Binding, Key)>),
    /// There is none at the moment.
    Nothing,
    End,
}

/// Runs `serve` on a thread of this name. If that fails, the source is lost.
pub fn start<P: std::error::Error>(
    name: &str,
    news: mpsc::Sender<News>,
    serve: impl FnOnce(&Orders, &mpsc::Sender<News>) -> Result<(), P> + Send + 'static,
) -> std::io::Result<Thread> {
    let bell = Bell(Arc::new(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?));
    let (sender, queue) = channel();
    let orders = Orders { queue, bell: bell.clone() };
    std::thread::Builder::new().name(name.to_owned()).spawn(move || {
        if let Err(problem) = serve(&orders, &news) {
            tell(&news, News::Lost { why: problem.to_string() });
        }
    })?;
    Ok(Thread { orders: sender, bell })
}

pub fn tell(news: &mpsc::Sender<News>, what: News) {
    // The keeper drops the receiver when it needs this source no more, and then the next order says so.
    let _ = news.blocking_send(what);
}

impl Source for Thread {
    fn bind(&mut self, keys: Vec<(Binding, Key)>) {
        // A thread that has ended has said why.
        let _ = self.orders.send(keys);
        self.bell.ring();
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        // Closes the channel before the bell wakes the thread.
        self.orders = channel().0;
        self.bell.ring();
    }
}

impl Orders {
    pub fn next(&self) -> Order {
        self.bell.hush();
        match self.queue.try_recv() {
            Ok(keys) => Order::Bind(keys),
            Err(TryRecvError::Empty) => Order::Nothing,
            Err(TryRecvError::Disconnected) => Order::End,
        }
    }

    pub fn bell(&self) -> Bell {
        self.bell.clone()
    }

    /// Sleeps until there is an order, the bell rings, or one of these can be read.
    pub fn wait(&self, others: &[BorrowedFd<'_>]) -> rustix::io::Result<()> {
        let all = std::iter::once(self.bell.0.as_fd()).chain(others.iter().copied());
        let mut waiting: Vec<_> = all.map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)).collect();
        match poll(&mut waiting, None) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

impl Bell {
    pub fn ring(&self) {
        // It cannot be full: the thread reads it whenever it wakes.
        let _ = rustix::io::write(&self.0, &1_u64.to_ne_bytes());
    }

    fn hush(&self) {
        let mut count = [0; 8];
        let _it_did_not_ring = rustix::io::read(&self.0, &mut count);
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn orders_come_in_order_and_the_end_last() {
        let (news, mut told) = mpsc::channel(4);
        let mut thread = start("test", news, |orders, news| {
            loop {
                match orders.next() {
                    Order::Bind(keys) => tell(news, News::Lost { why: format!("{} keys", keys.len()) }),
                    Order::Nothing => orders.wait(&[]).map_err(io::Error::from)?,
                    Order::End => return Err(io::Error::other("the end")),
                }
            }
        })
        .unwrap();
        let key = Key::parse("F9").unwrap();
        thread.bind(vec![]);
        thread.bind(vec![(Binding::Dictate, key)]);
        for expected in ["0 keys", "1 keys"] {
            assert_eq!(told.blocking_recv(), Some(News::Lost { why: expected.to_owned() }));
        }
        drop(thread);
        assert_eq!(told.blocking_recv(), Some(News::Lost { why: "the end".to_owned() }));
        assert_eq!(told.blocking_recv(), None);
    }
}
