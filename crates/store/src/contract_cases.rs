//! The contract suite: what every backend must do, as cases that run on a fresh store each.
//!
//! Test code that ships with the crate, so that a backend elsewhere can run it.

mod atomicity;
mod concurrency;
mod credentials;
mod evidence;
mod history;
mod isolation;
mod outbox;
mod people;
mod records;
mod retention;
mod tenants;
mod versions;
pub(crate) mod world;

use std::{pin::Pin, sync::Arc};

pub(crate) use self::world::World;
pub use self::world::{Contents, contents};
use crate::Store;

type Run = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A case by its name.
pub(crate) struct Case {
    name: &'static str,
    run: fn(World) -> Run,
}

/// Lists the cases of a file.
macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        /// The cases of this file.
        pub(super) const CASES: &[super::Case] =
            &[$(super::Case { name: stringify!($name), run: |world| Box::pin($name(world)) }),*];
    };
}
use cases;

const ALL: &[(&str, &[Case])] = &[
    ("atomicity", atomicity::CASES),
    ("tenants", tenants::CASES),
    ("people", people::CASES),
    ("records", records::CASES),
    ("history", history::CASES),
    ("retention", retention::CASES),
    ("credentials", credentials::CASES),
    ("evidence", evidence::CASES),
    ("outbox", outbox::CASES),
    ("isolation", isolation::CASES),
    ("concurrency", concurrency::CASES),
    ("versions", versions::CASES),
];

/// Runs every case, each on a fresh and empty store that `make` returns. Returns how many there are.
///
/// # Panics
///
/// If a case fails: with the names of all that do, and what each found.
pub async fn run<F, Fut>(make: F) -> usize
where
    F: Fn() -> Fut,
    Fut: Future<Output = Arc<dyn Store>>,
{
    let mut count = 0;
    let mut failures = Vec::new();
    for (file, cases) in ALL {
        for Case { name, run } in *cases {
            count += 1;
            let world = World::new(make().await);
            if let Err(error) = tokio::spawn(run(world)).await {
                failures.push(format!("{file}::{name}: {}", message(error)));
            }
        }
    }
    assert!(failures.is_empty(), "{} of {count} cases fail\n{}", failures.len(), failures.join("\n"));
    count
}

fn message(error: tokio::task::JoinError) -> String {
    match error.try_into_panic() {
        Ok(payload) => match payload.downcast::<String>() {
            Ok(message) => *message,
            Err(payload) => payload.downcast_ref::<&str>().map_or("panicked", |message| message).to_owned(),
        },
        Err(error) => error.to_string(),
    }
}
