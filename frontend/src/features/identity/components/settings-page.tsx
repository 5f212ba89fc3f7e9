"use client";

import { useHash } from "@/lib/browser";
import { Page } from "@/ui/page";
import { Tab, TabList, TabPanel, Tabs } from "@/ui/tabs";
import { ApiKeys } from "./api-keys";
import { Appearance } from "./appearance";
import { Profile } from "./profile";
import { Variables } from "./variables";

const parts = [
  { name: "profile", label: "Profile", content: Profile },
  { name: "api-keys", label: "API keys", content: ApiKeys },
  { name: "variables", label: "Variables", content: Variables },
  { name: "theme", label: "Theme", content: Appearance },
];

export function SettingsPage() {
  const [hash, setHash] = useHash();
  const part = parts.some(({ name }) => name === hash) ? hash : "profile";
  return (
    <Page title="Settings">
      <Tabs value={part} onValueChange={setHash}>
        <TabList aria-label="Parts of the settings" className="px-0">
          {parts.map(({ name, label }) => (
            <Tab key={name} value={name}>
              {label}
            </Tab>
          ))}
        </TabList>
        {parts.map(({ name, content: Content }) => (
          <TabPanel key={name} value={name} className="pt-6">
            <Content />
          </TabPanel>
        ))}
      </Tabs>
    </Page>
  );
}
