//! Versions of the policy: the archive of what was published, and when a version applies.
//!
//! A version is published once, with its sources and with the notices as they are shown. A material change applies no
//! sooner than its announcement is over, as the version that applies until then promises (`announce`). Everyone whom
//! that version lets us write to for it gets a message; the audit log keeps the proof for each person.

use jiff::{Timestamp, civil::Date};
use obhut_core::{
    access::Caller,
    change::{AuditOutcome, AuditRecord, Change, Operation, PolicyNotice, PolicyVersion},
    contact,
    id::{AudienceName, PurposeName, TenantId},
    model::{AnnounceBy, Model, PolicyHash, Sender},
};
use obhut_store::{AuditFilter, SubjectSnapshot};

use crate::{Engine, Error, everybody::Everybody};

/// A version to be published.
#[derive(Debug, Clone)]
pub struct Publication {
    /// The hash of its canonical form.
    pub hash: PolicyHash,
    /// The version, for people.
    pub version: String,
    /// The day it names.
    pub valid_from: Date,
    /// Whether it changes something material, compared with the version that applies.
    pub material: bool,
    /// The files it was read from: name and text.
    pub sources: Vec<(String, String)>,
    /// Its notices as they are shown.
    pub notices: Vec<PolicyNotice>,
}

/// What an announcement did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Announced {
    /// People for whom a message was queued now.
    pub queued: u64,
    /// People who had been written to before.
    pub before: u64,
    /// People whom the notice lets nobody write to for this; for them it stands on the page.
    pub on_page: u64,
}

/// The version that applies at `now`: of those whose time has come the newest.
pub fn applying(versions: &[PolicyVersion], now: Timestamp) -> Option<&PolicyVersion> {
    versions
        .iter()
        .filter(|version| version.effective <= now)
        .max_by_key(|version| (version.effective, version.published))
}

/// The next version that will apply after `now`.
pub fn coming(versions: &[PolicyVersion], now: Timestamp) -> Option<&PolicyVersion> {
    versions
        .iter()
        .filter(|version| version.effective > now)
        .min_by_key(|version| (version.effective, version.published))
}

/// From when a version applies that is published at `now`: the first one at once; a material change when the
/// announcement that `present` promises is over; nothing before the day that the version names.
pub fn effective(present: Option<&Model>, publication: &Publication, now: Timestamp) -> Timestamp {
    let Some(present) = present else { return now };
    let zone = &present.policy.zone;
    let announced =
        present.policy.announce.filter(|_| publication.material).map_or(now, |period| period.after(now, zone));
    let named = publication.valid_from.to_zoned(zone.clone()).map_or(now, |day| day.timestamp());
    announced.max(named).max(now)
}

impl Engine {
    /// Adds a version to the archive. One that is there already stays as it is and is returned.
    pub async fn publish(&self, caller: &Caller, publication: Publication) -> Result<PolicyVersion, Error> {
        let known = self.store.versions().await?;
        if let Some(known) = known.iter().find(|known| known.hash == publication.hash) {
            return Ok(known.clone());
        }
        let now = self.now();
        let present = (!known.is_empty()).then_some(&*self.model);
        let version = PolicyVersion {
            hash: publication.hash,
            effective: effective(present, &publication, now),
            version: publication.version,
            valid_from: publication.valid_from,
            published: now,
            material: publication.material,
            sources: publication.sources,
        };
        let audit =
            AuditRecord { detail: version.hash.to_string(), ..self.audit(Operation::Publish, AuditOutcome::Done) };
        let mut batch = self.batch(TenantId::OPERATOR, now, caller, audit);
        batch.changes.push(Change::Publish { version: version.clone(), notices: publication.notices });
        self.store.commit(batch).await?;
        Ok(version)
    }

    /// Writes to everyone of these audiences that a version is coming, as far as the policy that runs lets us; nobody
    /// is written to twice about the same version.
    pub async fn announce(
        &self,
        caller: &Caller,
        version: PolicyHash,
        audiences: &[AudienceName],
    ) -> Result<Announced, Error> {
        let mut announced = Announced::default();
        let by_mail = self.model.policy.announce_by.contains(&AnnounceBy::Email);
        let mut walk = Everybody::of(&*self.store, audiences);
        while let Some((tenant, page)) = walk.next().await? {
            for snapshot in page {
                if by_mail {
                    self.announce_to(caller, tenant, &snapshot, version, &mut announced).await?;
                } else {
                    announced.on_page += 1;
                }
            }
        }
        Ok(announced)
    }

    async fn announce_to(
        &self,
        caller: &Caller,
        tenant: TenantId,
        snapshot: &SubjectSnapshot,
        version: PolicyHash,
        announced: &mut Announced,
    ) -> Result<(), Error> {
        let (subject, audience) = (snapshot.subject.id, &snapshot.subject.audience);
        let open = |purpose: &&PurposeName| contact::decide(&self.model, Sender::Operator, audience, purpose).is_ok();
        let Some(purpose) = self.model.policy.announce_for.iter().find(open) else {
            announced.on_page += 1;
            return Ok(());
        };
        let detail = format!("announces {version}");
        let filter = AuditFilter { subject: Some(subject), purpose: Some(purpose.clone()), ..AuditFilter::default() };
        let entries = self.store.audit(tenant, &filter, usize::MAX).await?;
        if entries.iter().any(|entry| entry.record.operation == Operation::Message && entry.record.detail == detail) {
            announced.before += 1;
            return Ok(());
        }
        self.queue(caller, tenant, snapshot, Sender::Operator, purpose, Some(detail)).await?;
        announced.queued += 1;
        Ok(())
    }
}
