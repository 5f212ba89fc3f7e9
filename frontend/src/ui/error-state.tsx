import { TriangleAlert } from "lucide-react";
import { ApiError, describeError } from "@/api/problem";
import { Button } from "./button";
import { EmptyState } from "./empty-state";

/** What could not be loaded, why, and the way to try again. */
export function ErrorState({ title, error, retry }: { title: string; error: unknown; retry?: () => void }) {
  const requestId = error instanceof ApiError ? error.requestId : null;
  return (
    <div role="alert">
      <EmptyState
        icon={TriangleAlert}
        title={title}
        actions={retry && <Button onClick={retry}>Try again</Button>}
      >
        <p>{describeError(error)}</p>
        {requestId && <p className="mt-1 font-mono text-xs">Request {requestId}</p>}
      </EmptyState>
    </div>
  );
}
