//! What concerns an audience, and how it is addressed.

use obhut_core::{
    id::{AudienceName, ClassName, ConsentName, FieldName, LogName, PurposeName, RecipientName, RetentionName},
    model::{
        Acts, Audience, Basis, Consent, Cookie, DataClass, Lang, Log, LogAddress, Model, Purpose, Recipient, Relation, Retention,
        Role,
    },
};

use crate::say::{self, words};

/// A reader: an audience, in a language, of a tenant if that is its controller.
pub(super) struct Voice<'a> {
    pub(super) model: &'a Model,
    pub(super) name: &'a AudienceName,
    pub(super) audience: &'a Audience,
    pub(super) lang: Lang,
    tenant: Option<&'a str>,
}

impl<'a> Voice<'a> {
    pub(super) fn of(model: &'a Model, name: &'a AudienceName, lang: Lang, tenant: Option<&'a str>) -> Option<Self> {
        let audience = model.audiences.get(name)?;
        Some(Self { model, name, audience, lang, tenant })
    }

    /// Chooses one of two fixed texts.
    pub(super) fn pick(&self, de: &str, en: &str) -> String {
        if self.lang == Lang::De { de } else { en }.to_owned()
    }

    /// The paragraphs of the policy.
    pub(super) fn intro(&self) -> Vec<String> {
        let text = self.audience.intro.get(self.lang);
        text.split("\n\n").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
    }

    /// Whether a tenant is the controller and we are its processor.
    pub(super) fn on_behalf(&self) -> bool {
        self.audience.relation == Relation::SubjectOfTenant
    }

    /// The controller of a person of a tenant, in the nominative.
    pub(super) fn tenant(&self) -> String {
        self.tenant.map_or_else(
            || self.pick("das Unternehmen, dessen Website Sie nutzen", "the business whose website you are using"),
            str::to_owned,
        )
    }

    /// Whether the policy has tenants at all.
    pub(super) fn has_tenants(&self) -> bool {
        self.model.audience_with(Relation::Tenant).is_some()
    }

    /// The classes of data about the audience.
    pub(super) fn classes(&self) -> impl Iterator<Item = (&'a ClassName, &'a DataClass)> {
        let (model, name) = (self.model, self.name);
        model.data.iter().filter(move |(_, class)| class.audience == *name)
    }

    /// Whether one of these classes is about the audience.
    pub(super) fn concerns(&self, classes: &[ClassName]) -> bool {
        self.classes().any(|(name, _)| classes.contains(name))
    }

    /// Whether anything about the audience is stored.
    pub(super) fn has_data(&self) -> bool {
        self.classes().next().is_some()
    }

    /// The purposes for which data about the audience is used.
    pub(super) fn purposes(&self) -> Vec<(&'a PurposeName, &'a Purpose)> {
        self.model.purposes.iter().filter(|(_, purpose)| self.concerns(&purpose.data)).collect()
    }

    /// The consents the audience may be asked for.
    pub(super) fn consents(&self) -> Vec<(&'a ConsentName, &'a Consent)> {
        self.model.consents.iter().filter(|(_, consent)| consent.audiences.contains(self.name)).collect()
    }

    /// The retention rules of the audience's data, then those that take its data along.
    pub(super) fn retentions(&self) -> Vec<(&'a RetentionName, &'a Retention)> {
        let (own, others): (Vec<_>, Vec<_>) = self
            .model
            .retentions
            .iter()
            .filter(|(_, retention)| self.concerns(&retention.data) || self.concerns(&retention.cascade))
            .partition(|(_, retention)| self.concerns(&retention.data));
        own.into_iter().chain(others).collect()
    }

    /// Who gets data about the audience; where nothing is stored, still the one whose machines answer.
    pub(super) fn recipients(&self) -> Vec<(&'a RecipientName, &'a Recipient)> {
        let storage = &self.model.storage.processor;
        self.model
            .recipients
            .iter()
            .filter(|(name, recipient)| self.concerns(&recipient.data) || *name == storage)
            .collect()
    }

    /// The cookies that the audience's devices may get.
    pub(super) fn cookies(&self) -> Vec<(&'a str, &'a Cookie)> {
        self.model
            .cookies
            .iter()
            .filter(|(_, cookie)| match &cookie.consent {
                None => true,
                Some(consent) => {
                    self.model.consents.get(consent).is_some_and(|known| known.audiences.contains(self.name))
                }
            })
            .map(|(name, cookie)| (name.as_str(), cookie))
            .collect()
    }

    /// What server logs may hold about the audience.
    pub(super) fn logs(&self) -> Vec<(&'a LogName, &'a Log)> {
        self.model.logs_of(self.name).collect()
    }

    /// Whether the address of the device is used to answer it although nothing is stored (Art. 6(1)(f)).
    pub(super) fn in_transit(&self) -> bool {
        let logs = self.logs();
        !logs.is_empty() && logs.iter().all(|(_, log)| log.address == LogAddress::Never)
    }

    /// The labels of those of the classes that are about the audience.
    pub(super) fn labels(&self, classes: &[ClassName]) -> String {
        let labels: Vec<_> = self
            .classes()
            .filter(|(name, _)| classes.contains(name))
            .map(|(_, class)| class.label.get(self.lang))
            .collect();
        say::list(&labels, self.lang)
    }

    /// The fields of the audience's classes that are among `fields`, in the order of the inventory.
    pub(super) fn fields(&self, classes: &[ClassName], fields: &[FieldName]) -> String {
        let mut names: Vec<String> = Vec::new();
        for (name, class) in self.classes() {
            for field in class.fields.iter().filter(|field| classes.contains(name) && fields.contains(field)) {
                let word = say::field(field.as_str(), self.lang);
                if !names.contains(&word) {
                    names.push(word);
                }
            }
        }
        say::list(&names, self.lang)
    }

    /// Whether it is the reader who acts in this role.
    pub(super) fn is_reader(&self, role: &Role) -> bool {
        self.audience.relation == Relation::Tenant && role.acts == Acts::Tenant
    }

    /// A role, as the audience knows it.
    pub(super) fn role(&self, role: &Role) -> String {
        if self.is_reader(role) {
            return self.pick("Sie selbst", "you");
        }
        role.label.get(self.lang).to_owned()
    }

    /// The legal basis with what it means (Art. 6(1)).
    pub(super) fn basis(&self, basis: &Basis) -> String {
        let lang = self.lang;
        match basis {
            Basis::Contract => {
                let what = match self.audience.relation {
                    Relation::SubjectOfTenant => self.pick(
                        "Erfüllung Ihres Vertrags mit dem Kunden oder dessen Anbahnung auf Ihre Anfrage",
                        "performance of your contract with the client, or steps taken at your request before \
                         entering into it",
                    ),
                    Relation::Applicant => self.pick(
                        "vorvertragliche Maßnahmen auf Ihre Bewerbung hin",
                        "steps taken at your request before entering into a contract",
                    ),
                    _ => self.pick("Erfüllung des Vertrags mit Ihnen", "performance of the contract with you"),
                };
                words!(lang, "Art. 6 Abs. 1 Buchst. b DSGVO ({what})", "Article 6(1)(b) GDPR ({what})")
            }
            Basis::Law(law) => {
                let law = say::statute(law, lang);
                words!(
                    lang,
                    "Art. 6 Abs. 1 Buchst. c DSGVO in Verbindung mit {law} (rechtliche Verpflichtung)",
                    "Article 6(1)(c) GDPR in conjunction with {law} (legal obligation)",
                )
            }
            Basis::Interest(interest) => {
                let interest = interest.get(lang).trim_end_matches('.');
                words!(
                    lang,
                    "Art. 6 Abs. 1 Buchst. f DSGVO (berechtigtes Interesse: {interest})",
                    "Article 6(1)(f) GDPR (legitimate interest: {interest})",
                )
            }
            Basis::Consent(name) => {
                let place = self.asked(name);
                words!(
                    lang,
                    "Art. 6 Abs. 1 Buchst. a DSGVO (Ihre Einwilligung, die Sie {place} erteilen können)",
                    "Article 6(1)(a) GDPR (your consent, which you may give {place})",
                )
            }
            Basis::Vital => self.pick(
                "Art. 6 Abs. 1 Buchst. d DSGVO (Schutz lebenswichtiger Interessen)",
                "Article 6(1)(d) GDPR (protection of vital interests)",
            ),
            Basis::Public => self.pick(
                "Art. 6 Abs. 1 Buchst. e DSGVO (Wahrnehmung einer Aufgabe im öffentlichen Interesse)",
                "Article 6(1)(e) GDPR (performance of a task carried out in the public interest)",
            ),
        }
    }

    /// Where a consent is asked: "im Kaufformular".
    pub(super) fn asked(&self, consent: &ConsentName) -> String {
        let form = self.model.consents.get(consent).map_or(consent.as_str(), |known| known.asked_on.as_str());
        say::place(form, self.lang)
    }

    /// "zu folgenden Zwecken: …; …" / "for the following purposes: …; …".
    pub(super) fn for_purposes<'b>(&self, names: impl IntoIterator<Item = &'b PurposeName>) -> String {
        let (purposes, list) = self.purposes_and_list(names);
        format!("{purposes}: {list}")
    }

    /// "zu folgenden Zwecken" / "for the following purposes", and the purposes themselves.
    pub(super) fn purposes_and_list<'b>(&self, names: impl IntoIterator<Item = &'b PurposeName>) -> (String, String) {
        let labels: Vec<_> = names
            .into_iter()
            .filter_map(|name| self.model.purposes.get(name))
            .map(|purpose| purpose.label.get(self.lang))
            .collect();
        let list = labels.join("; ");
        let purposes = if labels.len() == 1 {
            self.pick("zu folgendem Zweck", "for the following purpose")
        } else {
            self.pick("zu folgenden Zwecken", "for the following purposes")
        };
        (purposes, list)
    }
}
