//! Where, and with what care: `[storage]`, `[place.X]`, `[backup]`, `[log.X]`, `[cookie.X]`, `[service.X]`, `[measure.X]`.

use jiff::civil::Date;

use super::{Text, word::words_of_the_format};
use crate::{
    id::{AudienceName, ClassName, ConsentName, FieldName, PlaceName, PurposeName, RecipientName, ServiceName},
    period::Period,
    rule::Rule,
};

/// `[storage]`: the processor at whose place the data lies.
#[derive(Debug, Clone)]
pub struct Storage {
    /// A recipient of kind processor.
    pub processor: RecipientName,
    /// Country of the place (ISO 3166-1 alpha-2).
    pub country: String,
}

/// `[place.X]`: where copies lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Copies of what.
    pub holds: Vec<Copies>,
    /// The city.
    pub city: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// The processor that runs it; none: we do.
    pub processor: Option<RecipientName>,
    /// A certificate of the place (ISO/IEC 27001), and its end.
    pub certificate: Option<Certificate>,
}

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Which one.
    pub name: String,
    /// Its last day, if it has one.
    pub until: Option<Date>,
}

/// `[backup]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// How often.
    pub every: Period,
    /// How long which copies are kept.
    pub keep: Vec<Tier>,
    /// Where.
    pub places: Vec<PlaceName>,
    /// How often a restore is tried.
    pub restore_test: Option<Period>,
    /// Whether data of tenants' people is in it.
    pub tenants: TenantBackup,
}

/// `daily for 30 days`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tier {
    /// Which copies.
    pub each: Each,
    /// How long.
    pub keep: Period,
}

/// `[log.X]`: what a server log may hold.
#[derive(Debug, Clone)]
pub struct Log {
    /// About whom.
    pub audiences: Vec<AudienceName>,
    /// Of which servers.
    pub kinds: Vec<LogKind>,
    /// What becomes of IP addresses.
    pub address: LogAddress,
    /// What becomes of e-mail addresses.
    pub mail: LogMail,
    /// Whether other metadata (browser, referrer) is kept.
    pub metadata: bool,
    /// Exactly these fields are written, if they are listed.
    pub fields: Option<Vec<FieldName>>,
    /// For what it is read.
    pub purposes: Vec<PurposeName>,
    /// How long.
    pub keep: Option<Rule>,
    /// The class that takes up the lines of attacks.
    pub attacks: Option<ClassName>,
    /// The consent with which it may be linked with other personal data; none: never.
    pub join: Option<ConsentName>,
    /// When single lines are looked at.
    pub inspect: Option<Text>,
    /// Whether tenants set the logs of their own sites themselves.
    pub tenant_settings: bool,
}

/// What a line about a request may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestLog {
    /// What becomes of the IP address.
    pub address: LogAddress,
    /// Whether browser and referrer stand in it.
    pub metadata: bool,
}

/// `[cookie.X]` (s. 25 TDDDG): whatever is stored on a device.
#[derive(Debug, Clone)]
pub struct Cookie {
    /// The name in the `Set-Cookie` header, or the key in the storage.
    pub name: String,
    /// What for.
    pub purpose: Text,
    /// The consent that allows it; without one it is strictly necessary.
    pub consent: Option<ConsentName>,
    /// Without the consent it is set nonetheless, strictly necessary and only until the browser is closed; the consent
    /// allows it to last.
    pub session: bool,
    /// How long it lives.
    pub keep: Lifetime,
    /// What is in it.
    pub content: Text,
    /// The domain for which it is set; none: the host of the page.
    pub host: Option<String>,
    /// Whose it is, where it is a service's.
    pub service: Option<ServiceName>,
    /// Whose it is said to be; what it is follows from the host.
    pub party: Option<CookieParty>,
    /// What kind of use.
    pub category: CookieCategory,
    /// By what means it is stored.
    pub storage: DeviceStorage,
    /// On whose devices; none named: on those of everybody who is asked for the consent, or of everybody.
    pub audiences: Vec<AudienceName>,
}

/// How long something on a device lives.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Lifetime {
    /// Until the browser is closed.
    Session,
    /// This long from when it was set.
    For(Period),
    /// By a rule, for example from its last use.
    Rule(Rule),
}

impl Lifetime {
    /// The rule, where it is one.
    pub const fn rule(&self) -> Option<&Rule> {
        match self {
            Self::Rule(rule) => Some(rule),
            Self::Session | Self::For(_) => None,
        }
    }
}

/// `[service.X]`: a system of ours, or something of somebody else that pages load.
#[derive(Debug, Clone)]
pub struct Service {
    /// What it is, for people.
    pub label: Text,
    /// Who provides it; none: it is a system of ours.
    pub provider: Option<RecipientName>,
    /// The hosts it is loaded from.
    pub hosts: Vec<String>,
    /// The classes it holds or gets.
    pub data: Vec<ClassName>,
    /// What it serves.
    pub purposes: Vec<PurposeName>,
    /// The consent without which it is not loaded.
    pub consent: Option<ConsentName>,
    /// When it is loaded.
    pub loads: Option<Loads>,
    /// What stands there before.
    pub placeholder: Option<Text>,
    /// Where it runs (ISO 3166-1 alpha-2), where that is said.
    pub country: Option<String>,
    /// Whom it concerns; none named: those whose data it holds or gets, or everybody.
    pub audiences: Vec<AudienceName>,
}

/// `[measure.X]`: a technical or organisational measure, or a duty (Art. 32).
#[derive(Debug, Clone)]
pub struct Measure {
    /// Its title.
    pub label: Text,
    /// What is done.
    pub text: Text,
    /// What it protects.
    pub protects: Protects,
    /// How it is known to hold.
    pub evidence: Evidence,
    /// How often it is reviewed.
    pub review: Option<Period>,
    /// The control of a catalogue, for example the building block of the Standard Data Protection Model.
    pub control: Option<String>,
    /// The last day of an attestation, if it has one.
    pub until: Option<Date>,
}

words_of_the_format! {
    /// Copies of what a place holds.
    pub enum Copies {
        /// Backups.
        Backup = "backup",
        /// Shipped logs.
        Log = "log",
    }

    /// Whether data of tenants' people is in the backups.
    pub enum TenantBackup {
        /// It is.
        Included = "included",
        /// Only where a tenant orders it.
        OnRequest = "on-request",
        /// It is not.
        Never = "never",
    }

    /// Which copies a tier keeps.
    pub enum Each {
        /// All.
        All = "all",
        /// One an hour.
        Hourly = "hourly",
        /// One a day.
        Daily = "daily",
        /// One a week.
        Weekly = "weekly",
        /// One a month.
        Monthly = "monthly",
        /// One a year.
        Yearly = "yearly",
    }

    /// Which servers write a log.
    pub enum LogKind {
        /// Web servers.
        Web = "web",
        /// Mail servers.
        Mail = "mail",
        /// Name servers.
        Dns = "dns",
        /// The application.
        Application = "application",
        /// Security systems.
        Security = "security",
    }

    /// What becomes of IP addresses in a log.
    pub enum LogAddress {
        /// They are not written.
        Never = "never",
        /// They become `0`.
        Zero = "zero",
        /// The last part is cut off.
        Truncated = "truncated",
        /// They are kept.
        Full = "full",
    }

    /// What becomes of e-mail addresses in a log.
    pub enum LogMail {
        /// They are not written.
        Never = "never",
        /// They become `x@x`.
        Masked = "masked",
        /// They are kept.
        Full = "full",
    }

    /// Whose a cookie is, seen from the page.
    pub enum CookieParty {
        /// Of the site itself.
        First = "first",
        /// Of somebody else.
        Third = "third",
    }

    /// What kind of use something on a device has.
    pub enum CookieCategory {
        /// Strictly necessary (s. 25(2) TDDDG).
        Necessary = "necessary",
        /// Convenience.
        Functional = "functional",
        /// Measurement.
        Statistics = "statistics",
        /// Advertising.
        Marketing = "marketing",
    }

    /// By what means something is stored on a device.
    pub enum DeviceStorage {
        /// A cookie (RFC 6265).
        Cookie = "cookie",
        /// The local storage of the browser.
        Local = "local-storage",
        /// The storage of the browser's tab.
        Session = "session-storage",
        /// A counting pixel.
        Pixel = "pixel",
    }

    /// When a service is loaded.
    pub enum Loads {
        /// With the page.
        Always = "always",
        /// After consent.
        Consent = "consent",
        /// When the person asks for it there.
        Click = "click",
    }

    /// What a measure protects (Art. 32(1), 25(1)).
    pub enum Protects {
        /// Confidentiality.
        Confidentiality = "confidentiality",
        /// Integrity.
        Integrity = "integrity",
        /// Availability.
        Availability = "availability",
        /// Resilience, and recovery after an incident.
        Resilience = "resilience",
        /// Regular testing and evaluation.
        Procedure = "procedure",
        /// Data minimisation.
        Minimisation = "minimisation",
    }

    /// How a measure is known to hold.
    pub enum Evidence {
        /// The program makes the contrary impossible.
        Engine = "engine",
        /// A job measures it.
        Probe = "probe",
        /// A recurring task, noted when done.
        Job = "job",
        /// A person states it, with evidence.
        Attest = "attest",
    }
}
