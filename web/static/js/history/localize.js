/**
 * Puts the figures and times of a page that the server made into the reader's form. Imports nothing, so that a report
 * in a file can carry it.
 */

const LANGUAGE = document.documentElement.lang;

for (const element of document.querySelectorAll("data[data-digits]")) {
  const digits = Number(element.dataset.digits);
  const signDisplay = element.dataset.form === "offset" ? "always" : "auto";
  element.textContent = Number(element.value).toLocaleString(LANGUAGE, { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay });
}

for (const element of document.querySelectorAll("data[data-form=percent]")) {
  element.textContent = Number(element.value).toLocaleString(LANGUAGE, { style: "percent", maximumFractionDigits: 0 });
}

const DAY = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeZone: "UTC" });
for (const element of document.querySelectorAll("time[data-form=day]")) {
  element.textContent = DAY.format(Date.parse(`${element.dateTime}T00:00:00Z`));
}

for (const element of document.querySelectorAll("time[data-form=moment]")) {
  const form = { dateStyle: "medium", timeStyle: "medium", timeZone: element.dataset.zone };
  element.textContent = new Intl.DateTimeFormat(LANGUAGE, form).format(Date.parse(element.dateTime));
}
