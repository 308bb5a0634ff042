//! The resolved policy: every name linked, every period parsed, complete by the checks of the policy crate.
//!
//! This is what decisions, rendering and jobs ask. It holds no source positions; the policy crate keeps those. Tables
//! keep the order in which the file declares them, because the notice is read in that order.

mod inventory;
mod outside;
mod party;
mod place;
mod text;
mod time;
mod word;

use indexmap::IndexMap;

pub use self::{inventory::*, outside::*, party::*, place::*, text::*, time::*};
use crate::{
    consent::{ConsentKind, Consents},
    history::History,
    id::{
        AudienceName, ChannelName, ClassName, ConsentName, CookieName, EventName, FactName, HoldName, IdentityName,
        JurisdictionName, LogName, MeasureName, PlaceName, PurposeName, RecipientName, RetentionName, RoleName,
        ServiceName,
    },
    retention::Due,
    rule::{Anchoring, Rule},
};

/// The whole policy of one deployment.
#[derive(Debug, Clone)]
pub struct Model {
    /// `[policy]`.
    pub policy: Head,
    /// `[controller]`: who answers for the processing (Art. 13(1)(a)).
    pub controller: Party,
    /// `[dpo]`: the data protection officer (Art. 13(1)(b)).
    pub dpo: Dpo,
    /// `[authority]`: the supervisory authority (Art. 13(2)(d)).
    pub authority: Authority,
    /// `[jurisdiction.X]`: laws beside the GDPR.
    pub jurisdictions: IndexMap<JurisdictionName, Jurisdiction>,
    /// `[word.X]`: what short names without a label are called.
    pub words: IndexMap<String, Word>,
    /// `[audience.X]`.
    pub audiences: IndexMap<AudienceName, Audience>,
    /// `[data.X]`: the inventory. What it does not name is refused.
    pub data: IndexMap<ClassName, DataClass>,
    /// `[purpose.X]`.
    pub purposes: IndexMap<PurposeName, Purpose>,
    /// `[consent.X]`.
    pub consents: IndexMap<ConsentName, Consent>,
    /// `[event."a.b"]`.
    pub events: IndexMap<EventName, Event>,
    /// `[retain.X]`.
    pub retentions: IndexMap<RetentionName, Retention>,
    /// `[hold.X]`.
    pub holds: IndexMap<HoldName, Hold>,
    /// `[recipient.X]`.
    pub recipients: IndexMap<RecipientName, Recipient>,
    /// `[disclosure]`.
    pub disclosure: Disclosure,
    /// `[role.X]`.
    pub roles: IndexMap<RoleName, Role>,
    /// `[message.X]`.
    pub messages: IndexMap<ChannelName, Channel>,
    /// `[cookie.X]`.
    pub cookies: IndexMap<CookieName, Cookie>,
    /// `[service.X]`.
    pub services: IndexMap<ServiceName, Service>,
    /// `[log.X]`: what server logs may hold.
    pub logs: IndexMap<LogName, Log>,
    /// `[storage]`: where the data lies.
    pub storage: Storage,
    /// `[place.X]`: where copies lie.
    pub places: IndexMap<PlaceName, Place>,
    /// `[backup]`.
    pub backup: Option<Backup>,
    /// `[access]`: access of the operator's staff to tenants' data.
    pub access: OperatorAccess,
    /// `[export]`.
    pub export: Export,
    /// `[identity.X]`: how people are identified.
    pub identities: IndexMap<IdentityName, Identity>,
    /// `[measure.X]` (Art. 32).
    pub measures: IndexMap<MeasureName, Measure>,
    /// `[rights]` (Art. 15-22).
    pub rights: Rights,
    /// `[automated_decisions]` (Art. 13(2)(f), 22): the text that states that there are none, or their logic.
    pub automated_decisions: AutomatedDecisions,
}

impl Model {
    /// The retention rule that applies to a record of `class` with these facts: exactly one in a checked policy.
    pub fn retention_of(
        &self,
        class: &ClassName,
        fact: &dyn Fn(&FactName) -> bool,
    ) -> Option<(&RetentionName, &Retention)> {
        self.retentions.iter().find(|(_, retention)| {
            retention.data.contains(class) && retention.when.as_ref().is_none_or(|when| when.holds(fact))
        })
    }

    /// Whether only the newest occurrence of `event` matters to any rule: then older ones are not kept, since a trail
    /// of a person's activity is exactly what a short period is meant to avoid (Art. 5(1)(c)).
    pub fn keeps_only_last(&self, event: &EventName) -> bool {
        let anchored_first = |rule: &Rule| {
            rule.events().into_iter().any(|(name, anchoring)| name == event && anchoring == Anchoring::First)
        };
        let statutes = self.holds.values().filter_map(|hold| match &hold.kind {
            HoldKind::Statute { rule, .. } => Some(rule),
            HoldKind::Dispute { .. } => None,
        });
        let mut derived = self.events.values().filter_map(|event| event.derived.as_ref()).chain(statutes);
        !derived.any(anchored_first)
            && !self.retentions.values().any(|retention| {
                retention.cancel.as_ref() == Some(event)
                    || retention.stages.iter().any(|stage| anchored_first(&stage.rule))
            })
    }

    /// The events that are withdrawals, as a person's declarations report them.
    pub fn withdrawals(&self, consents: &Consents) -> History {
        let withdrawn = consents.iter().filter(|declared| declared.kind == ConsentKind::Withdrawn);
        let events = withdrawn.flat_map(|declared| {
            let of = self.events.iter().filter(|(_, event)| event.withdrawal.as_ref() == Some(&declared.consent));
            of.map(|(name, _)| (name.clone(), declared.at))
        });
        events.collect()
    }

    /// The cookies and the like that may be stored on an audience's devices.
    pub fn cookies_of<'a>(&'a self, audience: &'a AudienceName) -> impl Iterator<Item = (&'a CookieName, &'a Cookie)> {
        self.cookies.iter().filter(move |(_, cookie)| match &cookie.consent {
            _ if !cookie.audiences.is_empty() => cookie.audiences.contains(audience),
            Some(consent) => self.consents.get(consent).is_some_and(|known| known.audiences.contains(audience)),
            None => true,
        })
    }

    /// The services that concern an audience.
    pub fn services_of<'a>(
        &'a self,
        audience: &'a AudienceName,
    ) -> impl Iterator<Item = (&'a ServiceName, &'a Service)> {
        let of_audience =
            move |class: &ClassName| self.data.get(class).is_some_and(|class| class.audience == *audience);
        self.services.iter().filter(move |(_, service)| {
            if service.audiences.is_empty() {
                service.data.is_empty() || service.data.iter().any(of_audience)
            } else {
                service.audiences.contains(audience)
            }
        })
    }

    /// What server logs hold about an audience: every log that names it.
    pub fn logs_of<'a>(&'a self, audience: &'a AudienceName) -> impl Iterator<Item = (&'a LogName, &'a Log)> {
        self.logs.iter().filter(move |(_, log)| log.audiences.contains(audience))
    }

    /// What the log of this service's own requests may hold about an audience: what the strictest of its logs allows,
    /// and nothing where no log names it.
    pub fn request_log(&self, audience: &AudienceName) -> RequestLog {
        let own = |log: &&Log| log.kinds.iter().any(|kind| matches!(kind, LogKind::Web | LogKind::Application));
        let logs: Vec<_> = self.logs_of(audience).map(|(_, log)| log).filter(own).collect();
        RequestLog {
            address: logs.iter().map(|log| log.address).min().unwrap_or(LogAddress::Never),
            metadata: !logs.is_empty() && logs.iter().all(|log| log.metadata),
        }
    }

    /// The window in which a due date is acted upon; see [`Due::window`].
    pub fn window(&self, due: &Due) -> (jiff::Timestamp, jiff::Timestamp) {
        due.window(self.policy.sweep, &self.policy.zone)
    }

    /// The first audience with this relation, if the policy has one.
    pub fn audience_with(&self, relation: Relation) -> Option<(&AudienceName, &Audience)> {
        self.audiences.iter().find(|(_, audience)| audience.relation == relation)
    }

    /// The event that ends a tenant: the one that starts the rule by which a tenant's own data goes and takes its
    /// people's data with it.
    pub fn tenant_end(&self) -> Option<&EventName> {
        self.retentions
            .values()
            .filter(|retention| !retention.cascade.is_empty())
            .filter(|retention| {
                retention
                    .data
                    .iter()
                    .any(|class| self.audience_of(class).is_some_and(|audience| audience.relation == Relation::Tenant))
            })
            .find_map(|retention| retention.stages.first()?.rule.events().first().map(|(event, _)| *event))
    }

    /// The purposes that hand a class over to the one it belongs to.
    pub fn export_purposes(&self, class: &ClassName) -> impl Iterator<Item = &PurposeName> {
        let class = class.clone();
        self.purposes
            .iter()
            .filter(move |(_, purpose)| purpose.export && purpose.data.contains(&class))
            .map(|(name, _)| name)
    }

    /// The audience a class belongs to.
    pub fn audience_of(&self, class: &ClassName) -> Option<&Audience> {
        self.audiences.get(&self.data.get(class)?.audience)
    }
}
