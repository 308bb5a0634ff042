//! The archive of published versions, and what each one changed.

use askama::Template;

use super::{Link, Moment, Page};

/// Every published version, the newest first.
#[derive(Debug, Clone, Template)]
#[template(path = "versions.html")]
pub struct VersionsPage {
    /// Frame.
    pub page: Page,
    /// The versions.
    pub versions: Vec<VersionLine>,
    /// The same for machines (JSON).
    pub file: String,
}

/// Where a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionState {
    /// Announced; it will apply.
    Coming,
    /// It applies.
    Applies,
    /// A newer one applies.
    Past,
}

/// A published version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionLine {
    /// The version, for people.
    pub version: String,
    /// Where it stands.
    pub state: VersionState,
    /// Whether it changed something material.
    pub material: bool,
    /// From when it applies.
    pub effective: Moment,
    /// When it was published.
    pub published: Moment,
    /// Its hash, 64 hexadecimal digits.
    pub hash: String,
    /// Its notices as they were shown.
    pub notices: Vec<Link>,
    /// What it changed; none for the first one.
    pub changes: Option<Vec<ChangeLine>>,
}

/// Something that a version changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeLine {
    /// What, in a few words.
    pub headline: String,
    /// Whom it concerns.
    pub audiences: String,
    /// Why it is material, if it is.
    pub material: Option<String>,
    /// What the notice said until then.
    pub before: Option<String>,
    /// What it says from then on.
    pub after: Option<String>,
}
