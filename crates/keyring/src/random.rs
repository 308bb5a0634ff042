//! Randomness is an argument, so that a test or a rehearsal can be repeated byte for byte.

use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::{digest, rand};

/// A source of randomness.
pub trait Random: Send + Sync {
    /// Overwrites all of `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's randomness, through the library's generator. The only one for production.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        if rand::fill(bytes).is_err() {
            // No key made from here on could be trusted, and no caller can do anything about it.
            std::process::abort();
        }
    }
}

/// The same bytes for the same seed and the same order of calls. **Never for production**: whoever knows the seed
/// knows every key. For tests and rehearsals with invented people.
#[derive(Debug)]
pub struct SeededRandom {
    seed: u64,
    block: AtomicU64,
}

impl SeededRandom {
    /// A source that starts from `seed`.
    pub const fn new(seed: u64) -> Self {
        Self { seed, block: AtomicU64::new(0) }
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(digest::SHA256_OUTPUT_LEN) {
            let block = self.block.fetch_add(1, Ordering::Relaxed);
            let mut input = digest::Context::new(&digest::SHA256);
            input.update(&self.seed.to_be_bytes());
            input.update(&block.to_be_bytes());
            for (byte, random) in chunk.iter_mut().zip(input.finish().as_ref()) {
                *byte = *random;
            }
        }
    }
}

/// `N` random bytes.
pub(crate) fn bytes<const N: usize>(random: &dyn Random) -> [u8; N] {
    let mut bytes = [0; N];
    random.fill(&mut bytes);
    bytes
}
