//! What the sound system's thread does with each block allocates nothing: counted, in a program whose allocator counts.

#![expect(unsafe_code, reason = "an allocator cannot be written without; this one hands everything to the system's")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use cpal::{FromSample, Sample};
use hob_daemon::audio::mono::Mixer;
use hob_daemon::audio::ring::ring;

struct Counting;

thread_local! {
    static CALLS: Cell<u32> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        CALLS.set(CALLS.get() + 1);
        // SAFETY: the caller's promises are those that the system's allocator wants.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        CALLS.set(CALLS.get() + 1);
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Calls of the allocator, to get memory and to give it back.
fn calls(work: impl FnOnce()) -> u32 {
    let before = CALLS.get();
    work();
    CALLS.get() - before
}

#[test]
fn the_counter_counts() {
    assert_eq!(calls(|| drop(std::hint::black_box(vec![1, 2, 3]))), 2);
}

#[test]
fn a_block_of_any_format_and_any_number_of_channels_is_taken_without_allocation() {
    for channels in [1, 2, 8, 40] {
        take_blocks::<f32>(channels);
        take_blocks::<f64>(channels);
        take_blocks::<i8>(channels);
        take_blocks::<i16>(channels);
        take_blocks::<cpal::I24>(channels);
        take_blocks::<i32>(channels);
        take_blocks::<i64>(channels);
        take_blocks::<u8>(channels);
        take_blocks::<u16>(channels);
        take_blocks::<cpal::U24>(channels);
        take_blocks::<u32>(channels);
        take_blocks::<u64>(channels);
    }
}

/// Blocks of 20 ms, more than the ring has room for, so that some are dropped.
fn take_blocks<T>(channels: usize)
where
    T: Sample,
    f32: FromSample<T>,
{
    let block = vec![T::EQUILIBRIUM; 960 * channels];
    let (mut writer, mut reader) = ring(10_000, std::thread::current());
    let mut mixer = Mixer::new(channels, 48_000);
    let full = calls(|| {
        for _ in 0..20 {
            writer.write(mixer.frames(&block), mixer.mix(&block));
        }
    });
    assert_eq!(full, 0, "{channels} channels");
    assert!(reader.lost() > 0);
    reader.read(&mut Vec::new());
    let after_a_gap = calls(|| writer.write(mixer.frames(&block), mixer.mix(&block)));
    assert_eq!(after_a_gap, 0, "{channels} channels");
}
