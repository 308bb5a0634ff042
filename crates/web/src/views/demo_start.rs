//! The start page of the demo.

use askama::Template;
use obhut_core::promise::State;

use super::{Link, Page};

/// What this is, and where to look.
#[derive(Debug, Clone, Template)]
#[template(path = "demo_start.html")]
pub struct DemoStart {
    /// Frame.
    pub page: Page,
    /// The operator.
    pub operator: String,
    /// The invented clients.
    pub clients: Vec<DemoClient>,
    /// The notices, one per audience.
    pub notices: Vec<Link>,
    /// The status page.
    pub status: String,
    /// How many promises are kept, broken, unproven.
    pub standing: (u64, u64, u64),
}

impl DemoStart {
    fn state(&self) -> State {
        super::worst(self.standing)
    }
}

/// A client of the demo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoClient {
    /// Its name.
    pub name: String,
    /// What it sells.
    pub sells: String,
    /// Its shop page with the embedded form.
    pub shop: String,
    /// Its own page.
    pub console: String,
    /// The notice its shoppers see.
    pub notice: String,
    /// The key that logs in.
    pub key: String,
    /// How many shoppers it has.
    pub shoppers: u64,
    /// Whether its membership has ended.
    pub ended: bool,
}
