//! What the policy says about the form on which people of tenants submit their data.

use obhut_core::{
    id::{AudienceName, ClassName, ConsentName, EventName, FieldName, PurposeName, RoleName},
    model::{Acts, Model, OnlyIf, Source},
};

use super::law;

/// The form, derived from the policy: nothing about it is written down twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form {
    /// The id of the form, as the policy names the place where its consents are asked.
    pub id: String,
    /// Whose data it takes.
    pub audience: AudienceName,
    /// The role in which it writes.
    pub role: RoleName,
    /// The purpose for which it collects.
    pub purpose: PurposeName,
    /// The classes it fills.
    pub classes: Vec<Collected>,
    /// The consents it asks.
    pub consents: Vec<ConsentName>,
    /// What a submission is: the events it reports.
    pub events: Vec<EventName>,
}

/// A class that the form fills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Collected {
    /// Its name.
    pub class: ClassName,
    /// Its fields.
    pub fields: Vec<FieldName>,
    /// The answer without which nothing of it is collected.
    pub only_if: Option<OnlyIf>,
}

impl Form {
    /// The form for the people of tenants; none if the policy has none.
    pub(super) fn of(model: &Model) -> Option<Self> {
        let audience = law::shoppers(model)?.clone();
        let role = law::role(model, Acts::Form, &audience)?.clone();
        // Of the purposes it collects for, the one that an event opens: submitting is that event.
        let mut purposes: Vec<_> =
            model.purposes.iter().filter(|(_, purpose)| purpose.roles.contains(&role) && !purpose.export).collect();
        purposes.sort_by_key(|(_, purpose)| purpose.requires.is_none());
        let (purpose, collects) = purposes.first()?;
        let classes: Vec<_> = model
            .data
            .iter()
            .filter(|(name, class)| {
                class.audience == audience && class.source == Source::Subject && collects.data.contains(name)
            })
            .map(|(name, class)| Collected {
                class: name.clone(),
                fields: class.fields.clone(),
                only_if: class.only_if.clone(),
            })
            .collect();
        let mut events: Vec<EventName> = Vec::new();
        let moving = classes.iter().filter_map(|collected| law::moving_event(model, &collected.class));
        for event in moving.chain(&collects.requires) {
            if !events.contains(event) {
                events.push(event.clone());
            }
        }
        let asked: Vec<_> =
            model.consents.iter().filter(|(_, consent)| consent.audiences.contains(&audience)).collect();
        let id = asked.first().map_or_else(|| role.to_string(), |(_, consent)| consent.asked_on.clone());
        let consents =
            asked.iter().filter(|(_, consent)| consent.asked_on == id).map(|(name, _)| (*name).clone()).collect();
        Some(Self { id, audience, role, purpose: (*purpose).clone(), classes, consents, events })
    }
}
