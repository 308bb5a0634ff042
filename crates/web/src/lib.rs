//! The pages and the API: what people and programs see of a running policy.
//!
//! Pages are rendered on the server, in German and English, work without a script, and ask nothing of anybody else.

pub mod api;
pub mod app;
pub mod assets;
pub mod auth;
pub mod pages;
pub mod proofs;
pub mod rehearsal;
mod router;
#[cfg(test)]
mod testing;
pub mod texts;
pub mod views;

pub use app::{App, Demo, DemoClient, Log, MemoryLog};
pub use router::router;
