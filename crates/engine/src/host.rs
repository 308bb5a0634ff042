//! Everything impure enters here.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use jiff::Timestamp;
use obhut_core::clock::Clock;
use obhut_keyring::Random;

/// The clock and the randomness of the machine, or what stands in for them.
#[derive(Clone)]
pub struct Host {
    /// The one clock.
    pub clock: Arc<dyn Clock>,
    /// The one source of randomness.
    pub random: Arc<dyn Random>,
}

impl Host {
    /// Ten random bytes, for an id.
    pub fn ten_bytes(&self) -> [u8; 10] {
        let mut bytes = [0; 10];
        self.random.fill(&mut bytes);
        bytes
    }
}

/// The clock of the machine. It never goes back: a clock set back stands still until it has caught up.
#[derive(Debug, Default)]
pub struct SystemClock(AtomicI64);

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
    fn now(&self) -> Timestamp {
        let read = Timestamp::now().as_microsecond();
        let now = self.0.fetch_max(read, Ordering::SeqCst).max(read);
        Timestamp::from_microsecond(now).unwrap_or(Timestamp::MAX)
    }
}
