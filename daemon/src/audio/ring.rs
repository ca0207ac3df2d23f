//! The way from the sound card's thread to ours: lock-free, without allocation, and the reader sleeps until it is woken.
//! What finds no room is dropped, and comes out as silence at its place, so that the time of the sound stays true.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::Thread;

use rtrb::{Consumer, Producer, RingBuffer};

/// Gaps that can be told apart before the reader looks; a further one is added to the next that finds room.
const GAPS: usize = 64;

/// A ring for `capacity` samples whose writer wakes `reader` with [`Thread::unpark`].
pub fn ring(capacity: usize, reader: Thread) -> (Writer, Reader) {
    let (producer, consumer) = RingBuffer::new(capacity);
    let (gaps_in, gaps_out) = RingBuffer::new(GAPS);
    let lost = Arc::new(AtomicU64::new(0));
    let writer = Writer { producer, gaps: gaps_in, written: 0, owed: 0, lost: lost.clone(), reader };
    (writer, Reader { consumer, gaps: gaps_out, read: 0, lost })
}

/// Samples that are missing before the sample with the number `before`, counted from 0 without the missing ones.
#[derive(Clone, Copy)]
struct Gap {
    before: u64,
    samples: u64,
}

/// Belongs to the sound card's thread.
pub struct Writer {
    producer: Producer<f32>,
    gaps: Producer<Gap>,
    written: u64,
    /// Dropped, and not told yet.
    owed: u64,
    lost: Arc<AtomicU64>,
    reader: Thread,
}

impl Writer {
    /// Copies `count` samples into the ring and wakes the reader. What finds no room is dropped and counted: the sound
    /// card does not wait. Waking is an atomic swap, and a futex call if the reader sleeps.
    pub fn write(&mut self, count: usize, samples: impl Iterator<Item = f32>) {
        let room = count.min(self.producer.slots());
        if room > 0 && self.owed > 0 && self.gaps.push(Gap { before: self.written, samples: self.owed }).is_ok() {
            self.owed = 0;
        }
        let written = match self.producer.write_chunk_uninit(room) {
            Ok(chunk) => chunk.fill_from_iter(samples),
            Err(_) => 0,
        };
        self.written += written as u64;
        self.miss((count - written) as u64);
        self.reader.unpark();
    }

    /// Whether the reader has fetched everything.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.producer.slots() == self.producer.buffer().capacity()
    }

    /// So many samples never came.
    pub fn miss(&mut self, samples: u64) {
        if samples > 0 {
            self.owed += samples;
            self.lost.fetch_add(samples, Ordering::Relaxed);
        }
    }
}

/// Belongs to the thread given to [`ring`].
pub struct Reader {
    consumer: Consumer<f32>,
    gaps: Consumer<Gap>,
    read: u64,
    lost: Arc<AtomicU64>,
}

impl Reader {
    /// Appends all that is there to `out`, with silence where samples are missing.
    pub fn read(&mut self, out: &mut Vec<f32>) {
        let there = self.consumer.slots();
        let Ok(chunk) = self.consumer.read_chunk(there) else { return };
        let (first, second) = chunk.as_slices();
        for mut part in [first, second] {
            // A gap is told before the samples behind it are written: whoever sees them sees the gap, too.
            while let Some(gap) =
                self.gaps.peek().ok().filter(|gap| gap.before < self.read + part.len() as u64).copied()
            {
                let (before, behind) = part.split_at((gap.before - self.read) as usize);
                out.extend_from_slice(before);
                out.resize(out.len() + gap.samples as usize, 0.0);
                self.read += before.len() as u64;
                part = behind;
                let _ = self.gaps.pop();
            }
            out.extend_from_slice(part);
            self.read += part.len() as u64;
        }
        chunk.commit_all();
    }

    /// Samples that found no room so far.
    pub fn lost(&self) -> u64 {
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
    fn what_finds_no_room_is_counted_and_becomes_silence_at_its_place() {
        let (mut writer, mut reader) = ring(8, std::thread::current());
        let mut out = Vec::new();
        writer.write(5, numbers(1..6));
        writer.write(5, numbers(6..11));
        reader.read(&mut out);
        assert_eq!(out, numbers(1..9).collect::<Vec<_>>());
        assert_eq!(reader.lost(), 2);
        writer.write(4, numbers(11..15));
        writer.miss(3);
        writer.write(2, numbers(18..20));
        reader.read(&mut out);
        let expected = [1., 2., 3., 4., 5., 6., 7., 8., 0., 0., 11., 12., 13., 14., 0., 0., 0., 18., 19.];
        assert_eq!(out, expected);
        assert_eq!(reader.lost(), 5);
    }

    #[test]
    fn the_time_stays_true_whatever_is_lost() {
        let (mut writer, mut reader) = ring(7, std::thread::current());
        let mut out = Vec::new();
        for block in 0..400u16 {
            writer.write(3, numbers(block * 3 + 1..block * 3 + 4));
            if block % 5 == 0 {
                reader.read(&mut out);
            }
        }
        assert!(reader.lost() > 100, "{}", reader.lost());
        for (place, sample) in out.iter().enumerate() {
            assert!([0, place + 1].contains(&(*sample as usize)), "{sample} at {place}");
        }
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
