//! Somebody who fills in the form: a person of our own, who leaves again.

use std::fmt::Write as _;

use obhut_core::{
    change::Subject,
    id::{AudienceName, FieldName, SubjectId, TenantId},
    model::{Lang, Model, Relation},
};
use obhut_engine::{
    Error,
    prove::{PlayedTenant, Stage},
};
use obhut_store::SubjectSnapshot;

use super::{
    markup::input,
    visitor::{Seen, Visitor},
};

/// A person who orders.
pub(super) struct Shopper {
    /// Name.
    pub name: String,
    /// Postal address.
    pub address: String,
    /// Telephone number.
    pub phone: String,
    /// E-mail address: nobody else has it.
    pub email: String,
}

/// The audience of the form.
pub(super) fn audience(model: &Model) -> Option<&AudienceName> {
    model.audience_with(Relation::SubjectOfTenant).map(|(name, _)| name)
}

/// The path of the form.
pub(super) fn form(tenant: TenantId, lang: Lang) -> String {
    format!("/embed/{tenant}/order?lang={}", lang.tag())
}

impl Shopper {
    /// A person with an address that nobody else has.
    pub(super) fn new(stage: &Stage<'_>) -> Self {
        let mut tag = String::new();
        for byte in stage.engine.host().ten_bytes() {
            // Writing to a string cannot fail.
            let _ = write!(tag, "{byte:02x}");
        }
        Self {
            name: format!("Probe {tag}"),
            address: format!("Probeweg {tag}, 12345 Musterstadt"),
            phone: format!("+49 30 {tag}"),
            email: format!("probe-{tag}@example.org"),
        }
    }

    /// What the person enters. Its values, in this order, are personal.
    pub(super) fn values(&self) -> [&str; 4] {
        [&self.name, &self.address, &self.phone, &self.email]
    }

    /// The fields of a complete form.
    pub(super) fn fields<'a>(&'a self, lang: Lang, notice: &'a str) -> Vec<(&'a str, &'a str)> {
        vec![
            ("notice", notice),
            ("lang", lang.tag()),
            ("name", &self.name),
            ("address", &self.address),
            ("phone", &self.phone),
            ("email", &self.email),
            ("payment_method", "invoice"),
            ("iban", ""),
            ("account_holder", ""),
        ]
    }

    /// Orders as a person does: opens the form, fills it in, and sends the notice that the form names.
    pub(super) async fn order(&self, visitor: &Visitor, tenant: TenantId, lang: Lang, consent: Option<&str>) -> Seen {
        let path = form(tenant, lang);
        let shown = visitor.get(&path).await;
        let notice = input(&shown.body, "notice").unwrap_or_default();
        let mut fields = self.fields(lang, &notice);
        fields.extend(consent.map(|consent| ("consent", consent)));
        visitor.post(&path, &fields).await
    }

    /// What is stored about the person.
    pub(super) async fn stored(
        &self,
        stage: &Stage<'_>,
        tenant: &PlayedTenant,
    ) -> Result<Option<SubjectSnapshot>, Error> {
        let staff = stage.staff(tenant).await?;
        for field in identities(stage.published) {
            if let Some(subject) = stage.engine.find(&staff, tenant.id, &field, &self.email).await? {
                return Ok(stage.engine.store().subject(tenant.id, subject).await?);
            }
        }
        Ok(None)
    }

    /// The person leaves: whatever is stored is erased. Says what was stored.
    pub(super) async fn leave(
        &self,
        stage: &Stage<'_>,
        tenant: &PlayedTenant,
    ) -> Result<Option<SubjectSnapshot>, Error> {
        let stored = self.stored(stage, tenant).await?;
        if let Some(SubjectSnapshot { subject: Subject { id, .. }, .. }) = &stored {
            stage.engine.erase(&stage.staff(tenant).await?, tenant.id, *id).await?;
        }
        Ok(stored)
    }
}

/// The fields by which people of tenants are recognised.
fn identities(model: &Model) -> Vec<FieldName> {
    let audience = audience(model);
    let of_people = |class: &&obhut_core::model::DataClass| Some(&class.audience) == audience;
    model.data.values().filter(of_people).filter_map(|class| class.identity.clone()).collect()
}

/// Who is there: the ids of the tenant's people.
pub(super) async fn people(stage: &Stage<'_>, tenant: TenantId) -> Result<Vec<SubjectId>, Error> {
    let mut ids = Vec::new();
    let Some(audience) = audience(stage.published) else { return Ok(ids) };
    loop {
        let page = stage.engine.store().subjects(tenant, audience, ids.last().copied(), 500).await?;
        if page.is_empty() {
            return Ok(ids);
        }
        ids.extend(page.iter().map(|snapshot| snapshot.subject.id));
    }
}
