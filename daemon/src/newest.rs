//! A place for the newest of several values, between whoever makes them and a thread that shows them: it sleeps until there is another,
//! and those in between that it had no time for are left out.

use std::sync::{Arc, Condvar, Mutex, MutexGuard};

/// The maker's end. Dropped, it ends the thread.
#[derive(Debug)]
pub struct Newest<T>(Arc<Shared<T>>);

/// The thread's end.
#[derive(Debug)]
pub struct Seen<T>(Arc<Shared<T>>);

#[derive(Debug)]
struct Shared<T> {
    wanted: Mutex<Wanted<T>>,
    changed: Condvar,
}

#[derive(Debug)]
enum Wanted<T> {
    /// The thread has seen what there was.
    Nothing,
    Value(T),
    End,
}

pub fn channel<T>() -> (Newest<T>, Seen<T>) {
    let shared = Arc::new(Shared { wanted: Mutex::new(Wanted::Nothing), changed: Condvar::new() });
    (Newest(shared.clone()), Seen(shared))
}

impl<T> Newest<T> {
    pub fn put(&self, value: T) {
        self.0.want(Wanted::Value(value));
    }
}

impl<T> Drop for Newest<T> {
    fn drop(&mut self) {
        self.0.want(Wanted::End);
    }
}

impl<T> Seen<T> {
    /// Waits for one that was not there before; `None` at the end.
    pub fn next(&self) -> Option<T> {
        let is_nothing = |wanted: &mut Wanted<T>| matches!(wanted, Wanted::Nothing);
        let mut wanted = self.0.changed.wait_while(self.0.wanted(), is_nothing).expect("nobody panics with it");
        match std::mem::replace(&mut *wanted, Wanted::Nothing) {
            Wanted::Value(value) => Some(value),
            Wanted::Nothing | Wanted::End => None,
        }
    }
}

impl<T> Shared<T> {
    fn want(&self, wanted: Wanted<T>) {
        *self.wanted() = wanted;
        self.changed.notify_one();
    }

    fn wanted(&self) -> MutexGuard<'_, Wanted<T>> {
        self.wanted.lock().expect("nobody panics with it")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_is_seen_and_the_end_last() {
        let (maker, thread) = channel();
        maker.put(1);
        maker.put(2);
        assert_eq!(thread.next(), Some(2));
        let (tell, told) = std::sync::mpsc::channel();
        let seen = std::thread::spawn(move || {
            std::iter::from_fn(|| thread.next()).for_each(|value| tell.send(value).unwrap());
        });
        maker.put(3);
        assert_eq!(told.recv(), Ok(3), "it was asleep");
        drop(maker);
        seen.join().unwrap();
        assert!(told.recv().is_err());
    }
}
