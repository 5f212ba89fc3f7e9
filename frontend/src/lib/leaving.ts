"use client";

/** Asks before the app is left, or another of its pages opened, while something would be lost by it. */

import { useRouter } from "next/navigation";
import { useEffect } from "react";

const questions = new Set<string>();

/** Whether whoever is at the page lets go of what is not saved; true where there is nothing to lose. */
export function mayLeave(): boolean {
  for (const question of questions) if (!confirm(question)) return false;
  return true;
}

/** Opens another page of the app, after asking where something would be lost. */
export function useGo(): (href: string) => void {
  const router = useRouter();
  return (href) => {
    if (mayLeave()) router.push(href);
  };
}

// The DOM types do not know it yet.
interface Navigate extends Event {
  navigationType: string;
  destination: { sameDocument: boolean };
}

/** Links, back and forward ask `question` first, as long as there is one. */
export function useLeaveQuestion(question: string | null): void {
  useEffect(() => {
    if (question === null) return;
    questions.add(question);
    function onClick(event: MouseEvent): void {
      if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      const link =
        event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
      if (!link || link.target === "_blank" || link.download !== "" || link.origin !== location.origin)
        return;
      if (link.pathname === location.pathname || mayLeave()) return;
      event.preventDefault();
      event.stopPropagation();
    }
    // Back and forward inside of the document are told by no other event that can be stopped.
    function onNavigate(event: Event): void {
      const { navigationType, destination } = event as Navigate;
      if (navigationType !== "traverse" || !destination.sameDocument || !event.cancelable) return;
      if (!mayLeave()) event.preventDefault();
    }
    const { navigation } = window as { navigation?: EventTarget };
    document.addEventListener("click", onClick, true);
    navigation?.addEventListener("navigate", onNavigate);
    return () => {
      questions.delete(question);
      document.removeEventListener("click", onClick, true);
      navigation?.removeEventListener("navigate", onNavigate);
    };
  }, [question]);
}
