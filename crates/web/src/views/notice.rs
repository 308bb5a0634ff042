//! The living notice.

use askama::Template;

use super::{Link, Moment, NavLink, Page};

/// The published notice with the state beside each promise.
///
/// `body` is the ready-made article (`obhut_policy::notice::html::body`): it brings its own heading, head data, summary,
/// contents, promises with annotations, and the footnotes of the printed page. The stylesheet sets its classes:
/// `article.notice`, `.meta`, `.intro`, `.summary`, `.contents`, `.promise`, `.annotation`, `.note`, `.footnotes`.
#[derive(Debug, Clone, Template)]
#[template(path = "notice.html")]
pub struct NoticePage {
    /// Frame.
    pub page: Page,
    /// The notices of this deployment, one per audience.
    pub audiences: Vec<NavLink>,
    /// How many promises are kept.
    pub kept: u64,
    /// How many are broken.
    pub broken: u64,
    /// How many are unproven.
    pub unproven: u64,
    /// When they were last checked.
    pub checked: Option<Moment>,
    /// Where all promises stand with their states.
    pub status: String,
    /// The version before, compared with this one.
    pub changes: Option<String>,
    /// The same notice for machines.
    pub files: Vec<Link>,
    /// The article, HTML.
    pub body: String,
}
