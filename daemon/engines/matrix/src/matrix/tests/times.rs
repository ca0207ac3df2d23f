//! A measurement, to be run by itself: `cargo test --release -p hob-engine-matrix times -- --ignored --nocapture`.

use super::*;

/// How long products take of weights that lie in memory and in no cache.
fn time<W: Sample + Send + Sync, I: Sample + Send + Sync>(name: &str, rows: usize, values: usize) {
    const BYTES: usize = 200 << 20;
    let blocks = values / W::VALUES;
    let size = rows * blocks * size_of::<W>();
    let mut numbers = Numbers(7);
    let one: Vec<W> = (0..rows.min(4096) * blocks).map(|_| W::new(&mut numbers)).collect();
    let copies = (BYTES / size).max(1);
    let weights: Vec<W> = one.iter().copied().cycle().take(copies * rows * blocks).collect();
    println!("{name} {rows} x {values}");
    for tokens in [1, 2, 4, 8, 12, 16, 128] {
        let input: Vec<I> = (0..tokens * blocks).map(|_| I::new(&mut numbers)).collect();
        let matrices = if tokens > 16 { copies.div_ceil(8) } else { copies };
        let begin = std::time::Instant::now();
        std::thread::scope(|scope| {
            for index in 0..2 {
                let (weights, input) = (&weights, &input);
                scope.spawn(move || {
                    // ggml's threads share the output; here each has its own, and writes its rows.
                    let mut output = vec![0.0f32; rows * tokens];
                    let thread = Thread { index, count: 2 };
                    for weights in weights.chunks_exact(rows * blocks).take(matrices) {
                        assert!(multiply(&thread, blocks, (weights, input), &mut output));
                    }
                });
            }
        });
        let seconds = begin.elapsed().as_secs_f64() / matrices as f64;
        let (bytes, products) = (size as f64 / seconds, (rows * values * tokens) as f64 / seconds);
        println!("  {tokens}: {:.0} us, {:.1} GB/s, {:.0} G/s", seconds * 1e6, bytes / 1e9, products / 1e9);
    }
}

#[test]
#[ignore = "a measurement"]
fn times() {
    take_few_tokens();
    time::<Fours, EightsWithSum>("q4_1", 576, 576);
    time::<Fours, EightsWithSum>("q4_1", 1536, 576);
    time::<Fives, Eights>("q5_0", 896, 896);
    time::<Fives, Eights>("q5_0", 4864, 896);
    time::<Eights, Eights>("q8_0", 151_936, 896);
    time::<SuperFours, SuperEights>("q4_K", 896, 4864);
    time::<SuperSixes, SuperEights>("q6_K", 896, 4864);
    time::<SuperFours, SuperEights>("q4_K", 8960, 1536);
}
