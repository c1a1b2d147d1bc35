import type { FakeKind } from '../../../core/masking.ts';

/** A sort of personal data, and the words by which columns that hold it are called. */
export interface PersonalWords {
  /** Completes "its name says …". */
  readonly what: string;
  readonly fake?: FakeKind;
  /** Numbers too: an identity number, never `email_id`. */
  readonly alsoNumbers?: true;
  /** Dates and times too. */
  readonly alsoTimes?: true;
  /** Whatever the type: labels of an enum say as much as words. */
  readonly anyType?: true;
  /** Only where the table is one of people: a product's name is nobody's. */
  readonly onlyOfPeople?: true;
  /** Separated by commas; several words stand for that sequence of words. Accents and case left out. */
  readonly words: string;
}

/** English first, then German, French, Spanish, Italian, Portuguese, Dutch and others, as they are used for column names. */
export const personalWords: readonly PersonalWords[] = [
  {
    what: 'an e-mail address',
    fake: 'email',
    words: 'email, e mail, emails, mail, emailaddress, epost, courriel, correo, correo electronico, posta elettronica, mailto, recipient email',
  },
  {
    what: 'a phone number',
    fake: 'phone',
    alsoNumbers: true,
    words:
      'phone, phones, telephone, tel, telno, mobile, mobile number, mobil, cell, cellphone, fax, msisdn, whatsapp, phonenumber, telefon, telefonnummer, handy, handynummer, rufnummer, portable, telefono, movil, celular, cellulare, telefone, telemovel, telefoon, mobiel, telefonnr, puhelin, sms to',
  },
  {
    what: 'a first name',
    fake: 'first-name',
    words:
      'first name, firstname, fname, given name, givenname, forename, middle name, middlename, vorname, prenom, primer nombre, nome proprio, voornaam, fornavn, fornamn, imie, etunimi',
  },
  {
    what: 'a last name',
    fake: 'last-name',
    words:
      'last name, lastname, lname, surname, family name, familyname, maiden name, nachname, familienname, geburtsname, nom de famille, apellido, apellidos, cognome, sobrenome, apelido, achternaam, efternamn, etternavn, nazwisko, sukunimi',
  },
  {
    what: 'a person’s name',
    fake: 'name',
    words:
      'full name, fullname, display name, displayname, contact name, contact person, customer name, client name, user full name, person name, patient name, employee name, recipient name, cardholder, card holder, account holder, holder name, beneficiary, signatory, emergency contact, ansprechpartner, empfaenger, kontoinhaber, nom complet, nombre completo, nome completo, volledige naam',
  },
  { what: 'a person’s name', fake: 'name', onlyOfPeople: true, words: 'name, names, label, title name, nom, nombre, nome, naam, navn, namn, bezeichnung' },
  {
    what: 'a login name',
    fake: 'username',
    words:
      'username, user name, login, login name, nickname, nick, screen name, handle, benutzername, nom utilisateur, usuario, nombre de usuario, nome utente, gebruikersnaam, skype, twitter, telegram, discord',
  },
  {
    what: 'an address',
    fake: 'street',
    words:
      'address, addresses, addr, street, street name, address line, addressline, line 1, line 2, house number, shipping address, billing address, home address, postal address, strasse, str, hausnummer, adresse, anschrift, rue, calle, direccion, domicilio, indirizzo, via, endereco, rua, morada, adres, straat, gata, ulica',
  },
  {
    what: 'a place of residence',
    fake: 'city',
    onlyOfPeople: true,
    words: 'city, town, ort, stadt, wohnort, ville, ciudad, citta, cidade, plaats, woonplaats, birthplace, place of birth, geburtsort',
  },
  {
    what: 'a postcode',
    fake: 'postcode',
    words: 'postcode, post code, postal code, postalcode, zip, zipcode, zip code, plz, postleitzahl, code postal, codigo postal, cap, cep',
  },
  {
    what: 'a date of birth',
    fake: 'date',
    alsoTimes: true,
    alsoNumbers: true,
    words:
      'birth, birthday, birthdate, birth date, birth year, date of birth, dateofbirth, born, born on, dob, age, geburtsdatum, geburtstag, geburtsjahr, geboren, naissance, date naissance, nacimiento, fecha nacimiento, nascita, data nascita, nascimento, geboortedatum, fodselsdato, death date, date of death, died, deceased at',
  },
  {
    what: 'an identity number',
    alsoNumbers: true,
    words:
      'ssn, social security, social security number, national id, national insurance, nin, nino, passport, passport number, passport no, tax id, taxid, tax number, tin, vat id, vat number, itin, driver license, drivers license, driving licence, license number, licence number, id number, id card, identity number, identity card, personal number, personnummer, fodselsnummer, steuernummer, steuer id, sozialversicherungsnummer, ausweis, ausweisnummer, reisepass, numero securite sociale, nir, dni, nie, nif, cif, curp, rfc, codice fiscale, cpf, cnpj, bsn, pesel, aadhaar, pan number, medicare, nhs number, insurance number, mrn, medical record number, license plate, kennzeichen, vin',
  },
  {
    what: 'a bank account',
    fake: 'iban',
    alsoNumbers: true,
    words:
      'iban, bic, swift, bank account, account number, account no, accountnumber, routing number, sort code, kontonummer, bankverbindung, blz, numero de compte, cuenta bancaria, conta bancaria, rekeningnummer, bankgiro',
  },
  {
    what: 'a payment card',
    fake: 'card',
    alsoNumbers: true,
    words:
      'card number, cardnumber, credit card, creditcard, debit card, pan, cvv, cvc, card expiry, last four, last 4, kreditkarte, carte bancaire, tarjeta, carta di credito, cartao',
  },
  {
    what: 'an internet address',
    fake: 'ip',
    words: 'ip, ip address, ipaddress, ipaddr, ip addr, remote addr, remote ip, client ip, last ip, last login ip, sign in ip, x forwarded for, host ip',
  },
  {
    what: 'a device',
    words:
      'mac address, imei, imsi, device id, deviceid, device token, push token, advertising id, idfa, gaid, serial number, fingerprint, browser fingerprint, cookie, session id, sessionid, visitor id',
  },
  { what: 'a browser', fake: 'user-agent', words: 'user agent, useragent, browser' },
  {
    what: 'a secret',
    words:
      'password, passwd, passwords, pwd, pass, passphrase, password hash, password digest, hashed password, encrypted password, secret, secrets, client secret, secret key, token, tokens, access token, refresh token, auth token, api token, reset token, confirmation token, invite token, bearer, api key, apikey, access key, private key, signing key, encryption key, webhook secret, credential, credentials, salt, otp, totp, otp secret, pin, pin code, security answer, recovery code, recovery codes, backup codes, passwort, kennwort, geheimnis, mot de passe, contrasena, clave, parola, senha, wachtwoord, losenord, haslo, certificate, cert pem, dsn, connection string',
  },
  {
    what: 'data of a special category',
    anyType: true,
    words:
      'gender, sex, geschlecht, sexe, sexo, sesso, religion, konfession, ethnicity, race, nationality, citizenship, staatsangehoerigkeit, nationalite, nacionalidad, marital status, familienstand, diagnosis, diagnose, diagnoses, disease, icd, icd code, medication, prescription, allergy, allergies, blood type, blood group, disability, pregnancy, health, medical, symptom, symptoms, sexual orientation, political, party affiliation, union member, criminal record, biometric, dna, genetic',
  },
  {
    what: 'pay',
    alsoNumbers: true,
    words:
      'salary, salaries, wage, income, payroll, bonus amount, gehalt, lohn, einkommen, salaire, revenu, salario, sueldo, stipendio, reddito, salaris, net worth',
  },
  {
    what: 'a whereabouts',
    alsoNumbers: true,
    anyType: true,
    words: 'latitude, longitude, lat, lng, lon, geo, geolocation, geo point, gps, coordinates, coords, location point, breitengrad, laengengrad',
  },
  { what: 'a picture', words: 'photo, photo url, avatar, avatar url, selfie, portrait, profile picture, profile image, signature, unterschrift, passbild' },
  {
    what: 'free text, in which people write anything',
    words:
      'note, notes, comment, comments, remark, remarks, message, messages, body, bio, biography, about me, feedback, transcript, chat, conversation, complaint, internal notes, description of case, cv, resume, cover letter, bemerkung, bemerkungen, notiz, notizen, kommentar, nachricht, commentaire, remarque, comentario, comentarios, nota, notas, note interne, messaggio, mensaje, mensagem, opmerking, opmerkingen, bericht',
  },
  {
    what: 'whole records of something else',
    words:
      'payload, raw, raw data, raw body, raw request, raw response, request, response, request body, response body, headers, params, old data, new data, old values, new values, before data, after data, changes, changeset, object changes, snapshot data, audit data, profile, metadata, extra, custom fields, attributes, properties, traits, context, event data, webhook payload, log line, stack trace',
  },
];

/** Tables that hold people: one such word in a table's name is enough. */
export const peopleTables: ReadonlySet<string> = new Set(
  'user, users, account, accounts, customer, customers, client, clients, person, persons, people, employee, employees, staff, member, members, patient, patients, contact, contacts, lead, leads, applicant, applicants, candidate, candidates, student, students, teacher, teachers, author, authors, subscriber, subscribers, guest, guests, driver, drivers, owner, owners, recipient, recipients, profile, profiles, physician, doctor, doctors, nurse, resident, residents, citizen, passenger, passengers, donor, donors, participant, participants, attendee, attendees, beneficiary, beneficiaries, address, addresses, kunde, kunden, benutzer, mitarbeiter, person, personen, patienten, mitglied, mitglieder, kontakt, kontakte, personne, personnes, utilisateur, utilisateurs, salarie, salaries, adherent, usuario, usuarios, cliente, clientes, persona, personas, empleado, empleados, utente, utenti, dipendente, dipendenti, clienti, pessoa, pessoas, funcionario, gebruiker, gebruikers, klant, klanten, medewerker, medewerkers'.split(
    ', ',
  ),
);

/** Said in a column's comment, these decide whatever its name is. */
export const commentWords =
  /\b(pii|gdpr|dsgvo|rgpd|hipaa|personal(ly identifiable| data| information)?|personenbezogen\w*|sensitive|confidential|datos personales|données personnelles|dati personali|dados pessoais|persoonsgegevens)\b/i;

/** Names within names: `customeremail`, `kundentelefon2`. Long enough not to be found by accident. */
export const stems =
  /(email|phone|telefon|passw(or|d)|birthd|geburts|adresse?|address|strasse|surname|lastname|firstname|vorname|nachname|iban$|apikey|secretkey|accesstoken)/;
