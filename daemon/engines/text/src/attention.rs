//! Flash attention for a KV cache whose keys and values are of the types that the engine chooses (`engine.rs`). ggml takes such a cache key by key
//! and token by token, which makes a token of an answer the same alone and beside guesses, and both prompt and answer slow. The
//! linker puts this routine before ggml's own (`build.rs`); whatever it does not take goes on to that.
#![expect(unsafe_code, reason = "ggml calls it with the places and sizes of its tensors")]

mod few;
mod rows;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::ffi::c_void;
use std::ops::Range;

use llama_cpp_sys_2::{GGML_TYPE_BF16, GGML_TYPE_F16, GGML_TYPE_F32, ggml_tensor, ggml_type};

use hob_engine_matrix::Thread;
use rows::{Room, VECTOR};

/// Values of a head that are computed side by side.
const STEP: usize = 2 * VECTOR;
/// Tokens whose attention is computed side by side, where they are many.
const TOKENS: usize = 8;
/// From so many tokens on it is worth laying out keys and values for them. Guesses that are checked together are fewer.
const MANY: usize = 24;

thread_local! {
    /// ggml's threads stay, and so does their room.
    static ROOM: RefCell<Room> = RefCell::default();
}

unsafe extern "C" {
    /// ggml's own.
    fn __real_ggml_compute_forward_flash_attn_ext(thread: *const Thread, output: *mut ggml_tensor);
}

/// What ggml calls on each of its threads.
#[unsafe(no_mangle)]
unsafe extern "C" fn __wrap_ggml_compute_forward_flash_attn_ext(thread: *const Thread, output: *mut ggml_tensor) {
    // SAFETY: as ggml calls it.
    unsafe {
        match Attention::of(&*output) {
            Some(attention) => {
                // SAFETY: these files are compiled only into builds for processors that have the instructions (`build.rs`).
                ROOM.with_borrow_mut(|room| {
                    if attention.tokens < MANY {
                        attention.compute_few(room, (*thread).share(attention.heads * attention.tokens));
                    } else {
                        let blocks = attention.tokens.div_ceil(TOKENS);
                        attention.compute(room, (*thread).share(attention.heads * blocks));
                    }
                });
            }
            None => __real_ggml_compute_forward_flash_attn_ext(thread, output),
        }
    }
}

/// A three-dimensional tensor: values, then what the first stride leads to, then the second. Strides are in bytes.
#[derive(Debug, Clone, Copy)]
struct Cube {
    data: *const c_void,
    strides: [usize; 2],
}

impl Cube {
    fn of(tensor: &ggml_tensor) -> Self {
        Self { data: tensor.data, strides: [tensor.nb[1], tensor.nb[2]] }
    }

    /// Where a row of values begins.
    fn row<T>(&self, first: usize, second: usize) -> *const T {
        self.data.wrapping_byte_add(first * self.strides[0] + second * self.strides[1]).cast()
    }
}

/// One call: what looks (`queries`, by token and head), what is looked at (`keys` and `values`, by place and head), and which places a token may
/// look at (`mask`, 0 or minus infinity, by token).
#[derive(Debug)]
struct Attention {
    tokens: usize,
    heads: usize,
    /// Heads of queries for each head of keys.
    group: usize,
    places: usize,
    width: usize,
    scale: f32,
    queries: Cube,
    keys: Cube,
    values: Cube,
    mask: Cube,
    output: *mut c_void,
    /// In bytes, from head to head; heads come before tokens.
    output_stride: usize,
}

impl Attention {
    /// `None` if it is of another kind.
    ///
    /// # Safety
    ///
    /// The tensor is one of ggml's, for this operation.
    unsafe fn of(output: &ggml_tensor) -> Option<Self> {
        // SAFETY: the caller's promise.
        let [queries, keys, values, mask, sinks] = [0, 1, 2, 3, 4].map(|place| unsafe { output.src[place].as_ref() });
        let (queries, keys, values, mask) = (queries?, keys?, values?, mask?);
        let [scale, bias, soft_cap] = [0, 1, 2].map(|place| f32::from_bits(output.op_params[place].cast_unsigned()));
        let types: [(&ggml_tensor, ggml_type); 5] = [
            (queries, GGML_TYPE_F32),
            (keys, GGML_TYPE_F16),
            (values, GGML_TYPE_BF16),
            (mask, GGML_TYPE_F16),
            (output, GGML_TYPE_F32),
        ];
        let is_whole = |size: i64| usize::try_from(size).is_ok_and(|size| size.is_multiple_of(STEP));
        let size = |tensor: &ggml_tensor, dimension: usize| usize::try_from(tensor.ne[dimension]).ok();
        let is_ours = types.iter().all(|(tensor, kind)| tensor.type_ == *kind && tensor.ne[3] == 1)
            && sinks.is_none()
            && bias.to_bits() == 0
            && soft_cap.to_bits() == 0
            && keys.ne[0] == values.ne[0]
            && is_whole(keys.ne[0])
            && is_whole(keys.ne[1])
            && keys.ne[2] == values.ne[2]
            && queries.ne[2] % keys.ne[2] == 0
            && mask.ne[2] == 1;
        if !is_ours {
            return None;
        }
        Some(Self {
            tokens: size(queries, 1)?,
            heads: size(queries, 2)?,
            group: size(queries, 2)? / size(keys, 2)?,
            places: size(keys, 1)?,
            width: size(keys, 0)?,
            scale,
            queries: Cube::of(queries),
            keys: Cube::of(keys),
            values: Cube::of(values),
            mask: Cube::of(mask),
            output: output.data,
            output_stride: output.nb[1],
        })
    }

    /// Each piece of work is [`TOKENS`] tokens of one head.
    ///
    /// # Safety
    ///
    /// The tensors are of these sizes, the processor has the instructions, and nobody else does this work.
    #[target_feature(enable = "avx512f,avx512bw,avx512vl")]
    unsafe fn compute(&self, room: &mut Room, work: Range<usize>) {
        let blocks = self.tokens.div_ceil(TOKENS);
        let mut laid_out = None;
        for piece in work {
            let (head, first) = (piece / blocks, piece % blocks * TOKENS);
            let tokens = first..self.tokens.min(first + TOKENS);
            // SAFETY: the caller's promise.
            unsafe {
                if laid_out.replace(head / self.group) != Some(head / self.group) {
                    self.lay_out(room, head / self.group);
                }
                let places = self.weigh(room, head, tokens.clone());
                self.mix(room, head, tokens, places);
            }
        }
    }
}
