//! What a state's list says of who issued a certificate: on the wire, and in words.

use super::VerdictWords;
use crate::trust::lists::{
    NationalList, Recognition as Found, Statement,
    european::{Answer, Qualified, QualifiedFor, Reason},
    russian::Accreditation,
};
use serde::{Deserialize, Serialize};

/// What a state's list says of who issued the certificate.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Recognition {
    /// Whose list: an ISO 3166 code such as `RU`, or what the European Union has in its place.
    pub country: String,
    /// The list; absent where it was not imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
    pub list: Option<RecognitionList>,
    /// What it says.
    pub says: RecognitionStatement,
}

/// The list that says so.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct RecognitionList {
    /// Whose it is, for people.
    pub name: String,
    /// How its issues are counted.
    pub version: String,
    /// Of when it is, Unix time.
    #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
    pub date: i64,
    /// Since when there should be a newer issue, Unix time; absent while there need not be one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(any(test, feature = "typescript"), ts(optional, type = "number"))]
    pub outdated_since: Option<i64>,
}

/// What a list says.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(any(test, feature = "typescript"), derive(ts_rs::TS), ts(export))]
#[serde(
    tag = "code",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum RecognitionStatement {
    /// The authority was accredited when it issued the certificate.
    Accredited {
        /// Who, as the list has it.
        authority: String,
        /// Since when, Unix time.
        #[cfg_attr(any(test, feature = "typescript"), ts(type = "number"))]
        since: i64,
    },
    /// It was not.
    NotAccredited {
        /// Who, as the list has it.
        authority: String,
        /// Its status then, as the list has it; absent: its first one began later.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(any(test, feature = "typescript"), ts(optional))]
        status: Option<String>,
    },
    /// The list does not have the authority.
    NotListed {},
    /// The list says several things of it.
    Unclear {},
    /// Nothing: the list was not imported.
    NotChecked {},
    /// Whether the certificate was qualified.
    Qualification {
        /// When it was issued.
        issued: Answer,
        /// At the time of the verdict.
        then: Answer,
    },
}

impl Recognition {
    /// What was found; `when` is the time of the verdict (Unix seconds).
    pub(super) fn of(found: &Found<'_>, when: i64) -> Self {
        Self {
            country: found.country.to_owned(),
            list: found.list.map(|list| RecognitionList::of(list, when)),
            says: match &found.says {
                Statement::NotChecked => RecognitionStatement::NotChecked {},
                Statement::Accreditation(said) => said.into(),
                Statement::Qualification(answers) => RecognitionStatement::Qualification {
                    issued: answers.at_issuance.clone(),
                    then: answers.at_signing.clone(),
                },
            },
        }
    }
}

impl RecognitionList {
    fn of(list: &NationalList, when: i64) -> Self {
        Self {
            name: list.name(),
            version: list.version().to_string(),
            date: list.date(),
            outdated_since: list.next_update().filter(|until| *until < when),
        }
    }
}

impl From<&Accreditation<'_>> for RecognitionStatement {
    fn from(said: &Accreditation<'_>) -> Self {
        match said {
            Accreditation::Accredited { authority, since } => Self::Accredited {
                authority: authority.name.clone(),
                since: *since,
            },
            Accreditation::NotAccredited { authority, status } => Self::NotAccredited {
                authority: authority.name.clone(),
                status: status.map(str::to_owned),
            },
            Accreditation::NotListed => Self::NotListed {},
            Accreditation::Unclear => Self::Unclear {},
        }
    }
}

impl VerdictWords<'_> {
    /// What the list of the state says, a line each; nothing where no list is asked.
    pub fn recognition(&self, verdict: &super::CertificateVerdict) -> Vec<String> {
        let Some(recognition) = &verdict.recognition else {
            return Vec::new();
        };
        let mut lines = self.statement(&recognition.says, verdict.time);
        if let Some(list) = &recognition.list {
            let date = self.date(list.date);
            let values = [
                ("name", &*list.name),
                ("version", &*list.version),
                ("date", &*date),
            ];
            lines.push(self.texts.text("recognition_list", &values));
            lines.extend(list.outdated_since.map(|since| {
                let since = self.date(since);
                self.texts.text("recognition_outdated", &[("time", &since)])
            }));
        }
        lines
    }

    /// The same without the list that says so.
    pub fn recognition_in_short(&self, verdict: &super::CertificateVerdict) -> Vec<String> {
        let recognition = verdict.recognition.as_ref();
        recognition.map_or_else(Vec::new, |it| self.statement(&it.says, verdict.time))
    }

    fn statement(&self, says: &RecognitionStatement, time: i64) -> Vec<String> {
        let text = |key: &str, values: &[(&str, &str)]| vec![self.texts.text(key, values)];
        match says {
            RecognitionStatement::Accredited { authority, since } => {
                let since = self.date(*since);
                let values = [("authority", &**authority), ("time", &*since)];
                text("recognition_accredited", &values)
            }
            // The verdict's cause has said who.
            RecognitionStatement::NotAccredited { status, .. } => match status {
                Some(status) => text("recognition_status", &[("status", status)]),
                None => text("recognition_not_yet", &[]),
            },
            RecognitionStatement::NotListed {} => text("recognition_not_listed", &[]),
            RecognitionStatement::Unclear {} => text("recognition_unclear", &[]),
            RecognitionStatement::NotChecked {} => {
                vec![self.texts.text_here("recognition_not_checked", &[])]
            }
            RecognitionStatement::Qualification { issued, then } => {
                let time = self.date(time);
                let [issued, then] = [issued, then].map(|answer| self.answer(answer));
                if issued == then {
                    let values = [("time", &*time), ("answer", &*issued)];
                    return text("recognition_both_times", &values);
                }
                let mut lines = text("recognition_when_issued", &[("answer", &issued)]);
                let values = [("time", &*time), ("answer", &*then)];
                lines.extend(text("recognition_at_time", &values));
                lines
            }
        }
    }

    fn answer(&self, answer: &Answer) -> String {
        match answer {
            Answer::Yes(Qualified { purpose, device }) => {
                let key = match device {
                    true => "qualified_device",
                    false => "qualified",
                };
                let purpose = self.texts.plain(match purpose {
                    QualifiedFor::Signatures => "qualified_for_signatures",
                    QualifiedFor::Seals => "qualified_for_seals",
                    QualifiedFor::Websites => "qualified_for_websites",
                    QualifiedFor::Timestamps => "qualified_for_timestamps",
                });
                self.texts.text(key, &[("purpose", &purpose)])
            }
            Answer::No(reason) => {
                let reason = self.qualification_reason(reason);
                self.texts.text("qualified_not", &[("reason", &reason)])
            }
            Answer::NotDeterminable(reason) => {
                let reason = self.qualification_reason(reason);
                self.texts.text("qualified_unknown", &[("reason", &reason)])
            }
        }
    }

    fn qualification_reason(&self, reason: &Reason) -> String {
        let key = match reason {
            Reason::Status(status) => {
                return self.texts.text("qualified_status", &[("status", status)]);
            }
            Reason::AuthorityNotListed | Reason::ServiceNotListedThen => "qualified_not_listed",
            Reason::TypeNotCovered => "qualified_type_not_covered",
            Reason::NotClaimed => "qualified_not_claimed",
            Reason::DeniedByList => "qualified_denied",
            Reason::LegalPerson => "qualified_legal_person",
            Reason::Conflict | Reason::QualifiersContradict => "qualified_conflict",
            Reason::TypeAmbiguous => "qualified_type_ambiguous",
            Reason::CriteriaUnknown | Reason::ExtensionUnknown(_) => "qualified_list_unknown",
            Reason::StatementsMalformed => "qualified_statements_malformed",
        };
        self.texts.plain(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::verdict::words::catalogue;

    fn lines(language: &str, says: RecognitionStatement) -> Vec<String> {
        let verdict = super::super::words::verdict_with(Recognition {
            country: "EE".into(),
            list: Some(RecognitionList {
                name: "Authority".into(),
                version: "68".into(),
                date: 5,
                outdated_since: Some(7),
            }),
            says,
        });
        let texts = catalogue(language);
        let words = VerdictWords {
            texts: &texts,
            date: |_, time| format!("<{time}>"),
        };
        words.recognition(&verdict)
    }

    fn qualification(issued: Answer, then: Answer) -> RecognitionStatement {
        RecognitionStatement::Qualification { issued, then }
    }

    #[test]
    fn every_statement_has_words_in_every_language() {
        let yes = |device| {
            Answer::Yes(Qualified {
                purpose: QualifiedFor::Seals,
                device,
            })
        };
        let reasons = [
            Reason::AuthorityNotListed,
            Reason::ServiceNotListedThen,
            Reason::TypeNotCovered,
            Reason::Status("withdrawn".into()),
            Reason::NotClaimed,
            Reason::DeniedByList,
            Reason::LegalPerson,
            Reason::Conflict,
            Reason::QualifiersContradict,
            Reason::TypeAmbiguous,
            Reason::CriteriaUnknown,
            Reason::ExtensionUnknown("a".into()),
            Reason::StatementsMalformed,
        ];
        let answers = reasons.into_iter().flat_map(|reason| {
            let no = Answer::No(reason.clone());
            [no, Answer::NotDeterminable(reason)]
        });
        let qualifications = answers.map(|answer| qualification(yes(true), answer));
        let authority = || "A".to_owned();
        let others = [
            qualification(yes(true), yes(true)),
            qualification(yes(false), yes(true)),
            RecognitionStatement::Accredited {
                authority: authority(),
                since: 3,
            },
            RecognitionStatement::NotAccredited {
                authority: authority(),
                status: Some("Прекращена".into()),
            },
            RecognitionStatement::NotAccredited {
                authority: authority(),
                status: None,
            },
            RecognitionStatement::NotListed {},
            RecognitionStatement::Unclear {},
            RecognitionStatement::NotChecked {},
        ];
        let all: Vec<_> = qualifications.chain(others).collect();
        for language in ["ru", "kk", "en"] {
            for says in &all {
                let text = lines(language, says.clone()).join("\n");
                // A message that is not there shows as its key.
                assert!(!text.contains('_') && !text.contains('$'), "{text}");
                assert!(text.contains("<5>") && text.contains("<7>"), "{text}");
            }
        }
    }

    #[test]
    fn what_holds_at_both_times_is_said_once() {
        let answer = Answer::No(Reason::Status("withdrawn".into()));
        let said = lines("en", qualification(answer.clone(), answer.clone()));
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(said[0].contains("withdrawn") && said[0].contains("<1800000000>"));
        let said = lines("en", qualification(Answer::No(Reason::NotClaimed), answer));
        assert_eq!(said.len(), 4, "{said:?}");
    }

    #[test]
    fn the_words_on_the_wire_are_those_of_the_protocol() {
        let says = qualification(
            Answer::Yes(Qualified {
                purpose: QualifiedFor::Signatures,
                device: true,
            }),
            Answer::No(Reason::Status("withdrawn".into())),
        );
        let json = serde_json::to_string(&says).unwrap();
        assert_eq!(
            json,
            r#"{"code":"qualification","issued":{"state":"yes","detail":{"purpose":"signatures","device":true}},"then":{"state":"no","detail":{"code":"status","what":"withdrawn"}}}"#
        );
        assert_eq!(
            serde_json::from_str::<RecognitionStatement>(&json).unwrap(),
            says
        );
    }
}
