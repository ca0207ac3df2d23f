//! How many bytes a tensor of each ggml type takes.

use super::Problem;

/// ggml types as they are stored in files: number, elements in a block, bytes of a block (`ggml-common.h`).
const TYPES: [(u32, u64, u64); 32] = [
    (0, 1, 4),      // F32
    (1, 1, 2),      // F16
    (2, 32, 18),    // Q4_0
    (3, 32, 20),    // Q4_1
    (6, 32, 22),    // Q5_0
    (7, 32, 24),    // Q5_1
    (8, 32, 34),    // Q8_0
    (9, 32, 36),    // Q8_1
    (10, 256, 84),  // Q2_K
    (11, 256, 110), // Q3_K
    (12, 256, 144), // Q4_K
    (13, 256, 176), // Q5_K
    (14, 256, 210), // Q6_K
    (15, 256, 292), // Q8_K
    (16, 256, 66),  // IQ2_XXS
    (17, 256, 74),  // IQ2_XS
    (18, 256, 98),  // IQ3_XXS
    (19, 256, 50),  // IQ1_S
    (20, 32, 18),   // IQ4_NL
    (21, 256, 110), // IQ3_S
    (22, 256, 82),  // IQ2_S
    (23, 256, 136), // IQ4_XS
    (24, 1, 1),     // I8
    (25, 1, 2),     // I16
    (26, 1, 4),     // I32
    (27, 1, 8),     // I64
    (28, 1, 8),     // F64
    (29, 256, 56),  // IQ1_M
    (30, 1, 2),     // BF16
    (34, 256, 54),  // TQ1_0
    (35, 256, 66),  // TQ2_0
    (39, 32, 17),   // MXFP4
];

/// More elements than any tensor has; keeps the products below from overflowing.
const MOST_ELEMENTS: u64 = 1 << 40;

/// Bytes of a tensor with these dimensions, the row length first.
pub(super) fn bytes(name: &str, kind: u32, dims: &[u64]) -> Result<u64, Problem> {
    let (_, block, size) = TYPES
        .iter()
        .find(|(number, ..)| *number == kind)
        .ok_or_else(|| Problem::implausible(format!("tensor '{name}' has the unknown type {kind}")))?;
    let elements = dims
        .iter()
        .try_fold(1_u64, |product, dim| product.checked_mul(*dim))
        .filter(|elements| (1..=MOST_ELEMENTS).contains(elements))
        .ok_or_else(|| Problem::implausible(format!("tensor '{name}' has the dimensions {dims:?}")))?;
    let row = dims.first().copied().unwrap_or(1);
    if row % block != 0 {
        return Err(Problem::implausible(format!("tensor '{name}' has rows of {row}, not a multiple of {block}")));
    }
    Ok(elements / block * size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_follow_the_type() {
        assert_eq!(bytes("w", 1, &[3, 80, 384]).unwrap(), 184_320);
        assert_eq!(bytes("w", 7, &[512, 2]).unwrap(), 1024 / 32 * 24);
        assert!(bytes("w", 12, &[100]).unwrap_err().to_string().contains("rows of 100"));
        assert!(bytes("w", 4, &[32]).unwrap_err().to_string().contains("unknown type 4"));
        assert!(bytes("w", 0, &[u64::MAX, 2]).unwrap_err().to_string().contains("dimensions"));
        assert!(bytes("w", 0, &[0]).unwrap_err().to_string().contains("dimensions"));
    }
}
