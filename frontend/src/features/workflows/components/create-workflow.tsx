"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import type { TemplateSummary } from "@/api/types";
import { Dialog } from "@/ui/dialog";
import { Tab, TabList, TabPanel, Tabs } from "@/ui/tabs";
import { useBeginWithTemplate } from "../hooks/templates";
import { useCreateWorkflow } from "../hooks/workflows";
import { TemplateGallery } from "./template-gallery";
import { type WorkflowFields, WorkflowForm } from "./workflow-dialog";

/** A new workflow: a blank one, or one that begins as a template. Either way its canvas opens. */
export function CreateWorkflow({ onClose }: { onClose: () => void }) {
  const router = useRouter();
  const create = useCreateWorkflow();
  const begin = useBeginWithTemplate();
  const [chosen, setChosen] = useState<string | null>(null);

  function open({ id }: { id: string }) {
    // Back leads to the list, not to this dialog once more.
    onClose();
    router.push(`/workflows/${id}`);
  }

  async function onBlank(fields: WorkflowFields) {
    open(await create.mutateAsync(fields));
  }

  function onTemplate(template: TemplateSummary) {
    setChosen(template.id);
    begin.mutate(template, {
      onSuccess: open,
      onError: () => setChosen(null),
    });
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="New workflow"
      className="top-4 max-h-[calc(100dvh-2rem)] max-w-2xl translate-y-0 sm:top-[10vh] sm:max-h-[80vh]"
    >
      <Tabs defaultValue="blank" className="flex flex-col gap-4">
        <TabList aria-label="What to begin with" className="-mx-4 -mt-4 px-4 pt-1">
          <Tab value="blank">Blank</Tab>
          <Tab value="template" data-testid="tab-templates">
            From a template
          </Tab>
        </TabList>
        <TabPanel value="blank">
          <WorkflowForm action="Create" onSubmit={onBlank} onClose={onClose} />
        </TabPanel>
        <TabPanel value="template">
          <TemplateGallery onChoose={onTemplate} busy={chosen} />
        </TabPanel>
      </Tabs>
    </Dialog>
  );
}
