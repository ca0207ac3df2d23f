//! The way from the sound card's thread to ours: lock-free, without allocation, and the reader sleeps until it is woken.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::Thread;

use rtrb::{Consumer, Producer, RingBuffer};

/// A ring for `capacity` samples whose writer wakes `reader` with [`Thread::unpark`].
pub(super) fn ring(capacity: usize, reader: Thread) -> (Writer, Reader) {
    let (producer, consumer) = RingBuffer::new(capacity);
    let lost = Arc::new(AtomicU64::new(0));
    (Writer { producer, lost: lost.clone(), reader }, Reader { consumer, lost })
}

/// Belongs to the sound card's thread.
pub(super) struct Writer {
    producer: Producer<f32>,
    lost: Arc<AtomicU64>,
    reader: Thread,
}

impl Writer {
    /// Copies `count` samples into the ring and wakes the reader. What finds no room is dropped and counted: the sound
    /// card does not wait. Waking is an atomic swap, and a futex call if the reader sleeps.
    pub(super) fn write(&mut self, count: usize, samples: impl Iterator<Item = f32>) {
        let room = count.min(self.producer.slots());
        let written = match self.producer.write_chunk_uninit(room) {
            Ok(chunk) => chunk.fill_from_iter(samples),
            Err(_) => 0,
        };
        if written < count {
            self.lost.fetch_add((count - written) as u64, Ordering::Relaxed);
        }
        self.reader.unpark();
    }
}

/// Belongs to the thread given to [`ring`].
pub(super) struct Reader {
    consumer: Consumer<f32>,
    lost: Arc<AtomicU64>,
}

impl Reader {
    /// Appends all that is there to `out`.
    pub(super) fn read(&mut self, out: &mut Vec<f32>) {
        let there = self.consumer.slots();
        if let Ok(chunk) = self.consumer.read_chunk(there) {
            let (first, second) = chunk.as_slices();
            out.extend_from_slice(first);
            out.extend_from_slice(second);
            chunk.commit_all();
        }
    }

    /// Samples that found no room so far.
    pub(super) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(range: std::ops::Range<u16>) -> impl Iterator<Item = f32> {
        range.map(f32::from)
    }

    #[test]
    fn samples_come_out_in_order_across_the_end_of_the_ring() {
        let (mut writer, mut reader) = ring(8, std::thread::current());
        let mut out = Vec::new();
        for start in [0, 5, 10, 15] {
            writer.write(5, numbers(start..start + 5));
            reader.read(&mut out);
        }
        assert_eq!(out, numbers(0..20).collect::<Vec<_>>());
        assert_eq!(reader.lost(), 0);
    }

    #[test]
    fn what_finds_no_room_is_counted_and_the_rest_kept() {
        let (mut writer, mut reader) = ring(8, std::thread::current());
        writer.write(5, numbers(0..5));
        writer.write(5, numbers(5..10));
        let mut out = Vec::new();
        reader.read(&mut out);
        assert_eq!(out, numbers(0..8).collect::<Vec<_>>());
        assert_eq!(reader.lost(), 2);
    }

    #[test]
    fn a_sleeping_reader_is_woken_and_gets_every_sample() {
        const COUNT: u16 = 50_000;
        let (hand_over, writers) = std::sync::mpsc::sync_channel(1);
        let reading = std::thread::spawn(move || {
            let (writer, mut reader) = ring(COUNT.into(), std::thread::current());
            hand_over.send(writer).unwrap();
            let mut out = Vec::new();
            while out.len() < COUNT.into() {
                std::thread::park();
                reader.read(&mut out);
            }
            out
        });
        let mut writer = writers.recv().unwrap();
        for start in (0..COUNT).step_by(100) {
            writer.write(100, numbers(start..start + 100));
        }
        assert!(reading.join().unwrap().into_iter().eq(numbers(0..COUNT)));
    }
}
