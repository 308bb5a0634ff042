//! The start page of a deployment.

use askama::Template;
use obhut_core::promise::State;

use super::{Link, Page};

/// Where to go from here.
#[derive(Debug, Clone, Template)]
#[template(path = "start.html")]
pub struct StartPage {
    /// Frame.
    pub page: Page,
    /// The notices, one per audience.
    pub notices: Vec<Link>,
    /// The status page.
    pub status: String,
    /// How many promises are kept, broken, unproven.
    pub standing: (u64, u64, u64),
    /// The log-in of clients.
    pub console: String,
}

impl StartPage {
    fn state(&self) -> State {
        super::worst(self.standing)
    }
}
